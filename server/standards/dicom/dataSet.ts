import type { CharacterSet, CharacterSetDoubt } from './charset.ts';
import { characterSet, decodeDoubted } from './charset.ts';
import { vrOf } from './dictionary.ts';
import type { ParsedDataSet, ParsedElement } from './parser.ts';
import { parserKey, readUnknownSequence, tagOfParserKey } from './parser.ts';
import { readNumbers } from './numbers.ts';
import type { PersonName } from './personName.ts';
import { readPersonName } from './personName.ts';
import { tags } from './tags.ts';
import type { Vr } from './vr.ts';
import { characterSetVrs, isVr, singleValueTextVrs } from './vr.ts';

/** How the bytes of a data set are coded. */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly bigEndian: boolean;
}

/** One element as it stands in a data set. */
export interface DataElement {
  readonly tag: number;
  readonly vr: Vr;
  /** Offset of the value in the bytes that the data set was read from. */
  readonly offset: number;
  readonly length: number;
}

/**
 * A data set that was read: typed access to values by tag. Text is decoded by the data set's own Specific Character Set or the one of the enclosing
 * data set (PS3.5 §7.5.3), or by what the bytes are really written in where they contradict it (see `characterSetDoubt`). Values are read when asked for.
 */
export class DataSet {
  readonly #elements: Record<string, ParsedElement>;
  readonly #source: Buffer;
  readonly #encoding: Encoding;
  readonly #parent: DataSet | undefined;
  #declared: CharacterSet | undefined;
  #doubt: CharacterSetDoubt | null | undefined;

  constructor(parsed: ParsedDataSet, source: Buffer, encoding: Encoding, parent?: DataSet) {
    this.#elements = parsed.elements;
    this.#source = source;
    this.#encoding = encoding;
    this.#parent = parent;
  }

  get encoding(): Encoding {
    return this.#encoding;
  }

  has(tag: number): boolean {
    return this.#elements[parserKey(tag)] !== undefined;
  }

  /** Present and not empty: what matching and required attributes mean by "has a value". */
  hasValue(tag: number): boolean {
    const element = this.#elements[parserKey(tag)];
    return element !== undefined && element.length > 0;
  }

  /** Representation as written, or by dictionary where the data set is implicit or says UN. */
  vr(tag: number): Vr | undefined {
    const element = this.#elements[parserKey(tag)];
    return element === undefined ? undefined : this.#vrOf(tag, element);
  }

  #vrOf(tag: number, element: ParsedElement): Vr {
    const written = element.vr;
    const chosenByDictionary = !this.#encoding.explicitVr && signedPixelTags.has(tag);
    if (written !== undefined && written !== 'UN' && isVr(written) && !chosenByDictionary) return written;
    if (element.items !== undefined) return 'SQ';
    const registered = vrOf(tag);
    if (registered === 'US' && signedPixelTags.has(tag) && this.number(tags.pixelRepresentation) === 1)
      return 'SS';
    if (registered === 'SQ') return this.#items(element, tag) === undefined ? 'UN' : 'SQ';
    return registered ?? 'UN';
  }

  /** Value bytes as received, without copying. Undefined where absent. */
  bytes(tag: number): Buffer | undefined {
    const element = this.#elements[parserKey(tag)];
    if (element === undefined) return undefined;
    return this.#source.subarray(element.dataOffset, element.dataOffset + element.length);
  }

  /** All values as text without padding; [] where absent or empty. */
  strings(tag: number): string[] {
    const text = this.#text(tag);
    if (text === undefined || text === '') return [];
    if (singleValueTextVrs.has(this.vr(tag) ?? '')) return [text.trimEnd()];
    return text.split('\\').map((value) => value.trim());
  }

  /** First value as text; undefined where absent or empty. */
  string(tag: number): string | undefined {
    return this.strings(tag)[0] || undefined;
  }

  /** The whole value as text, backslashes kept (LT, ST, UT, and lists shown to a person). */
  text(tag: number): string | undefined {
    return this.#text(tag)?.trimEnd() || undefined;
  }

  #text(tag: number): string | undefined {
    const bytes = this.bytes(tag);
    if (bytes === undefined) return undefined;
    const vr = this.vr(tag) ?? 'UN';
    if (characterSetVrs.has(vr)) return stripNull(this.#decode(bytes, vr === 'PN'));
    return stripNull(bytes.toString('latin1'));
  }

  /** Numbers of DS, IS and the binary representations; values that are no numbers are left out. 64-bit integers beyond 2^53 lose precision. */
  numbers(tag: number): number[] {
    const bytes = this.bytes(tag);
    if (bytes === undefined) return [];
    const vr = this.vr(tag) ?? 'UN';
    if (vr === 'DS' || vr === 'IS') {
      return this.strings(tag)
        .filter((value) => value !== '')
        .map(Number)
        .filter((value) => Number.isFinite(value));
    }
    return readNumbers(bytes, vr, this.#encoding.bigEndian);
  }

  number(tag: number): number | undefined {
    return this.numbers(tag)[0];
  }

  /** Component groups of the first person name; undefined where absent or empty. */
  personName(tag: number): PersonName | undefined {
    const value = this.string(tag);
    return value === undefined ? undefined : readPersonName(value);
  }

  /** Items of a sequence; [] where absent, empty or no sequence. */
  sequence(tag: number): DataSet[] {
    const element = this.#elements[parserKey(tag)];
    if (element === undefined) return [];
    // Sequences of unknown representation are coded implicit little endian inside (PS3.5 §6.2.2 note 2).
    const encoding: Encoding = element.vr === 'UN' ? { explicitVr: false, bigEndian: false } : this.#encoding;
    const items: DataSet[] = [];
    for (const item of this.#items(element, tag) ?? []) {
      if (item.dataSet !== undefined) items.push(new DataSet(item.dataSet, this.#source, encoding, this));
    }
    return items;
  }

  #items(element: ParsedElement, tag: number): ParsedElement['items'] {
    if (element.items === undefined && element.vr === 'UN' && vrOf(tag) === 'SQ')
      element.items = readUnknownSequence(this.#source, element.dataOffset, element.length);
    return element.items;
  }

  /** Elements in order of their tags, delimiters left out. */
  elements(): DataElement[] {
    const list: DataElement[] = [];
    for (const key in this.#elements) {
      const element = this.#elements[key];
      const tag = tagOfParserKey(key);
      if (element === undefined || tag >= tags.item) continue;
      list.push({ tag, vr: this.#vrOf(tag, element), offset: element.dataOffset, length: element.length });
    }
    return list.sort((a, b) => a.tag - b.tag);
  }

  /** Terms of Specific Character Set that hold here, own or inherited. */
  get characterSetTerms(): readonly string[] {
    return this.#declaredSet().terms;
  }

  /**
   * What the text of this data set is really written in where that contradicts its label; a person should see it. Judged once over all text, nested
   * data sets included; always undefined for nested data sets themselves.
   */
  get characterSetDoubt(): CharacterSetDoubt | undefined {
    if (this.#parent !== undefined) return undefined;
    this.#doubt ??= this.#judge() ?? null;
    return this.#doubt ?? undefined;
  }

  #judge(): CharacterSetDoubt | undefined {
    const declared = this.#declaredSet();
    let found: CharacterSetDoubt | undefined;
    for (const { tag, vr } of this.elements()) {
      if (vr === 'SQ') {
        for (const item of this.sequence(tag)) found = stronger(found, item.#judge());
      } else if (characterSetVrs.has(vr)) {
        const bytes = this.bytes(tag);
        if (bytes !== undefined && bytes.length <= 65536) found = stronger(found, declared.doubt(bytes));
      }
      if (found !== undefined && found !== 'unknown') return found;
    }
    return found;
  }

  /** Own set where this data set declares one, else the parent's. */
  #declaredSet(): CharacterSet {
    if (this.#declared !== undefined) return this.#declared;
    const own = this.bytes(tags.specificCharacterSet);
    this.#declared =
      own !== undefined && own.length > 0
        ? characterSet(stripNull(own.toString('latin1')).split('\\'))
        : this.#parent === undefined
          ? characterSet([])
          : this.#parent.#declaredSet();
    return this.#declared;
  }

  #decode(bytes: Buffer, isPersonName: boolean): string {
    const doubt = this.#root().characterSetDoubt;
    const doubted = doubt === undefined ? undefined : decodeDoubted(bytes, doubt);
    return doubted ?? this.#declaredSet().decode(bytes, isPersonName);
  }

  #root(): DataSet {
    return this.#parent === undefined ? this : this.#parent.#root();
  }
}

/** Attributes whose representation follows Pixel Representation (PS3.5 §A.1, "US or SS"). */
const signedPixelTags: ReadonlySet<number> = new Set([
  0x00280106, 0x00280107, 0x00280108, 0x00280109, 0x00280110, 0x00280111, 0x00280120, 0x00280121, 0x00281101,
  0x00281102, 0x00281103,
]);

function stripNull(text: string): string {
  return text.replace(/\0+$/, '');
}

function stronger(
  a: CharacterSetDoubt | undefined,
  b: CharacterSetDoubt | undefined,
): CharacterSetDoubt | undefined {
  return b !== undefined && (a === undefined || a === 'unknown') ? b : a;
}
