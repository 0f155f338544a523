import { type Entity, type Field, fieldOf } from '../model/entity.js';
import type { SourceReading } from './source-reading.js';
import type { RawValue } from './trace.js';

/** What is left out of a trace unless it is asked for: values of people, and the columns and keys that hold them. */
export class Hiding {
  constructor(
    private readonly shown: boolean,
    private readonly entity: Entity,
    private readonly entities: readonly Entity[],
  ) {}

  field(field: Field): boolean {
    return !this.shown && field.personal === true;
  }

  /** A column hides what it says where the value of a person is made of it, or a person is looked for by it. */
  raw(field: Field, reading: SourceReading, values: readonly RawValue[]): RawValue[] {
    if (this.shown) return [...values];
    const personal = this.personalColumns(reading);
    const all = this.field(field) || this.findsPeople(field, reading);
    return values.map((each) => (all || personal.has(each.column) ? { ...each, value: null } : each));
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

  private findsPeople(field: Field, { feed }: SourceReading): boolean {
    const by = feed?.fields[field.name]?.by;
    const target = this.entities.find((each) => each.name === field.entity);
    return by !== undefined && target !== undefined && fieldOf(target, by)?.personal === true;
  }
}
