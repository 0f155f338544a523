import { columnsOfMapping } from '../model/columns-of-mapping.js';
import type { Project } from '../model/config.js';
import { type Entity, type Field, fieldOf } from '../model/entity.js';
import type { SourceReading } from './source-reading.js';
import type { RawValue } from './trace.js';

/** What is left out of a trace unless it is asked for: values of people, and the columns and keys that hold them. */
export class Hiding {
  constructor(
    private readonly shown: boolean,
    private readonly entity: Entity,
    private readonly project: Pick<Project, 'entities' | 'sources'>,
  ) {}

  field(field: Field): boolean {
    return !this.shown && field.personal === true;
  }

  /** A column hides what it says where the value of a person is made of it, or a person is looked for by it. */
  raw(field: Field, reading: SourceReading, values: readonly RawValue[]): RawValue[] {
    if (this.shown) return [...values];
    const personal = this.personalColumns(reading);
    const all = this.field(field) || this.findsPeople(field, reading);
    const isAddress = (value: string | null) => field.type === 'reference' && value?.includes('@') === true;
    const hides = ({ column, value }: RawValue) => all || personal.has(column) || isAddress(value);
    return values.map((each) => (hides(each) ? { ...each, value: null } : each));
  }

  /** Keys are shown, unless they are somebody's e-mail address or made of a personal column. */
  key(key: string, reading: SourceReading | undefined): string | null {
    if (this.shown) return key;
    if (key.includes('@')) return null;
    const personal = reading === undefined ? new Set<string>() : this.personalColumns(reading);
    return (reading?.feed?.key ?? []).some((column) => personal.has(column)) ? null : key;
  }

  private personalColumns({ columns }: SourceReading): Set<string> {
    const fields = this.entity.fields.filter((field) => field.personal);
    return new Set(fields.flatMap((field) => columns[field.name] ?? []));
  }

  /** Whether a person is looked for by what is personal: an attribute, or a key that is made of such a column. */
  private findsPeople(field: Field, { name, feed }: SourceReading): boolean {
    const mapping = feed?.fields[field.name];
    const target = this.project.entities.find((each) => each.name === field.entity);
    if (mapping === undefined || target === undefined) return false;
    if (mapping.by !== undefined) return fieldOf(target, mapping.by)?.personal === true;
    const source = this.project.sources.find((each) => each.name === (mapping.source ?? name));
    const given = source?.feeds.find((each) => each.entity === target.name);
    const personal = target.fields
      .filter((each) => each.personal)
      .flatMap((each) => columnsOfMapping(given?.fields[each.name] ?? {}));
    return (given?.key ?? []).some((column) => personal.includes(column));
  }
}
