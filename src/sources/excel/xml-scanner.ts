/** Told of the pieces of an XML text in their order. Names come without their prefix. */
export interface XmlSink {
  /** `attributes` is the text between the name and the end of the tag; read it with `attribute`. */
  open(name: string, attributes: string): void;
  text(text: string): void;
  close(name: string): void;
}

/** The XML is not well-formed, or asks for what no workbook needs. */
export class BadXml extends Error {}

/** A tag or text that goes on for longer was not written by a spreadsheet program. */
const LONGEST = 32 << 20;

/**
 * Cuts XML into tags and texts, chunk by chunk. It knows what spreadsheet programs write: no DTD, hence no entities
 * but the five of XML and numbers.
 */
export class XmlScanner {
  private rest = '';
  private depth = 0;
  private begun = false;

  constructor(private readonly sink: XmlSink) {}

  /** Errors: BadXml. */
  write(chunk: string): void {
    const input = this.rest === '' ? chunk : this.rest + chunk;
    let at = 0;
    for (;;) {
      const tag = input.indexOf('<', at);
      if (tag < 0) break;
      const end = this.endOfTag(input, tag);
      if (end < 0) {
        if (tag > at) this.pass(input.slice(at, tag));
        at = tag;
        break;
      }
      if (tag > at) this.pass(input.slice(at, tag));
      this.take(input, tag, end);
      at = end + 1;
    }
    // A text is kept until the tag after it is known, so that no entity is cut.
    this.rest = at === 0 ? input : input.slice(at);
    if (this.rest.length > LONGEST) throw new BadXml('one piece of it is longer than 32 MB');
  }

  /** Errors: BadXml where the text ends too soon. */
  end(): void {
    if (this.depth > 0 || !this.begun) throw new BadXml('it ends too soon');
    if (this.rest.trim() !== '') throw new BadXml('text follows its end');
  }

  private pass(text: string): void {
    if (this.depth > 0) this.sink.text(text.includes('&') ? decoded(text) : text);
  }

  /** Place of the `>` that ends a tag, comment or CDATA section; -1 where it has not come yet. */
  private endOfTag(input: string, tag: number): number {
    const mark = input.charCodeAt(tag + 1);
    if (mark === 33) {
      if (input.startsWith('<!--', tag)) return after(input.indexOf('-->', tag + 4), 2);
      if (input.startsWith('<![CDATA[', tag)) return after(input.indexOf(']]>', tag + 9), 2);
      return input.length - tag < 9 ? -1 : input.indexOf('>', tag);
    }
    let end = input.indexOf('>', tag);
    if (mark === 47 || end < 0) return end;
    // A `>` may stand in the value of an attribute.
    for (let quote = nextQuote(input, tag, end); quote >= 0; quote = nextQuote(input, quote, end)) {
      const close = input.indexOf(input[quote] as string, quote + 1);
      if (close < 0) return -1;
      if (close > end) end = input.indexOf('>', close);
      if (end < 0) return -1;
      quote = close + 1;
    }
    return end;
  }

  private take(input: string, tag: number, end: number): void {
    switch (input.charCodeAt(tag + 1)) {
      case 47: {
        this.depth -= 1;
        if (this.depth < 0) throw new BadXml('a tag is closed that was never opened');
        this.sink.close(localName(input, tag + 2, end));
        return;
      }
      case 33:
        if (input.startsWith('<![CDATA[', tag)) this.sink.text(input.slice(tag + 9, end - 2));
        else if (!input.startsWith('<!--', tag)) throw new BadXml('it has a document type');
        return;
      case 63:
        return;
      default: {
        const empty = input.charCodeAt(end - 1) === 47;
        const stop = empty ? end - 1 : end;
        let nameEnd = tag + 1;
        while (nameEnd < stop && input.charCodeAt(nameEnd) > 32) nameEnd += 1;
        const name = localName(input, tag + 1, nameEnd);
        this.begun = true;
        this.depth += 1;
        this.sink.open(name, nameEnd < stop ? input.slice(nameEnd, stop) : '');
        if (!empty) return;
        this.depth -= 1;
        this.sink.close(name);
      }
    }
  }
}

function after(place: number, more: number): number {
  return place < 0 ? -1 : place + more;
}

function nextQuote(input: string, from: number, before: number): number {
  for (let i = from; i < before; i += 1) {
    const char = input.charCodeAt(i);
    if (char === 34 || char === 39) return i;
  }
  return -1;
}

function localName(input: string, from: number, to: number): string {
  let end = to;
  while (end > from && input.charCodeAt(end - 1) <= 32) end -= 1;
  const name = input.slice(from, end);
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name as string] ?? whole;
    const code =
      hex === undefined ? Number.parseInt(decimal as string, 10) : Number.parseInt(hex as string, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
  });
}

/** The value of an attribute by its name without prefix; with `prefixed` only one that has a prefix. */
export function attribute(attributes: string, name: string, prefixed = false): string | undefined {
  for (const [, prefix, key, double, single] of attributes.matchAll(ATTRIBUTES)) {
    if (key === name && prefixed === (prefix !== undefined)) return decoded(double ?? single ?? '');
  }
  return undefined;
}

const ATTRIBUTES = /(?:([\w.-]+):)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Spreadsheet programs write characters that XML has not as `_x000D_`. */
export function withoutEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

export function isTrueText(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}
