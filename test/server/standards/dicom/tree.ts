import fc from 'fast-check';
import type { DataSet } from '../../../../server/standards/dicom/index.ts';
import { longLengthVrs, type Vr } from '../../../../server/standards/dicom/vr.ts';

/** An element as a peer may write it: a value of raw bytes, or the items of a sequence. */
export interface Leaf {
  readonly tag: number;
  readonly vr: Vr;
  readonly value: Buffer;
}
export interface Sequence {
  readonly tag: number;
  readonly vr: 'SQ';
  readonly items: readonly Node[][];
  /** Undefined length with delimiters, for the sequence and for each of its items (PS3.5 §7.5). */
  readonly open: boolean;
  readonly openItems: boolean;
}
export type Node = Leaf | Sequence;

export interface Coding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

const UNDEFINED = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

/** The bytes of a data set in one of the three plain codings. Private elements are OB where a representation is written. */
export function encodeTree(nodes: readonly Node[], coding: Coding): Buffer {
  return Buffer.concat(nodes.flatMap((node) => encodeNode(node, coding)));
}

function encodeNode(node: Node, coding: Coding): Buffer[] {
  if (!('items' in node)) return [head(node.tag, node.vr, node.value.length, coding), node.value];
  const items = node.items.flatMap((item) => {
    const body = encodeTree(item, coding);
    return node.openItems
      ? [mark(ITEM, UNDEFINED, coding), body, mark(ITEM_END, 0, coding)]
      : [mark(ITEM, body.length, coding), body];
  });
  const body = Buffer.concat(items);
  return node.open
    ? [head(node.tag, 'SQ', UNDEFINED, coding), body, mark(SEQUENCE_END, 0, coding)]
    : [head(node.tag, 'SQ', body.length, coding), body];
}

function head(tag: number, vr: Vr, length: number, coding: Coding): Buffer {
  if (!coding.explicit) return mark(tag, length, coding);
  const long = longLengthVrs.has(vr);
  const bytes = Buffer.alloc(long ? 12 : 8);
  writeTag(bytes, tag, coding);
  bytes.write(vr, 4, 'latin1');
  if (long) write32(bytes, length, 8, coding);
  else if (coding.bigEndian) bytes.writeUInt16BE(length, 6);
  else bytes.writeUInt16LE(length, 6);
  return bytes;
}

function mark(tag: number, length: number, coding: Coding): Buffer {
  const bytes = Buffer.alloc(8);
  writeTag(bytes, tag, coding);
  write32(bytes, length, 4, coding);
  return bytes;
}

function writeTag(bytes: Buffer, tag: number, { bigEndian }: Coding): void {
  if (bigEndian) bytes.writeUInt32BE(tag, 0);
  else {
    bytes.writeUInt16LE(tag >>> 16, 0);
    bytes.writeUInt16LE(tag & 0xffff, 2);
  }
}

const write32 = (bytes: Buffer, value: number, at: number, { bigEndian }: Coding) =>
  bigEndian ? bytes.writeUInt32BE(value, at) : bytes.writeUInt32LE(value, at);

/** What of a tree a reader has to find: tags, representations, bytes, and items in items. */
export type Told = [tag: number, vr: string, value: string | Told[][]];

export const tellTree = (nodes: readonly Node[]): Told[] =>
  nodes.map((node) => [
    node.tag,
    node.vr,
    'items' in node ? node.items.map(tellTree) : node.value.toString('hex'),
  ]);

export const tellDataSet = (dataSet: DataSet): Told[] =>
  dataSet
    .elements()
    .map(({ tag, vr }) => [
      tag,
      vr,
      vr === 'SQ' ? dataSet.sequence(tag).map(tellDataSet) : dataSet.bytes(tag)!.toString('hex'),
    ]);

/** Registered elements of many representations, in order of their tags. */
const registered: readonly [number, Vr][] = [
  [0x00080008, 'CS'], [0x00080018, 'UI'], [0x00080020, 'DA'], [0x00080030, 'TM'], [0x00080080, 'LO'], [0x00081030, 'LO'], [0x00081110, 'SQ'], [0x00081140, 'SQ'],
  [0x00100010, 'PN'], [0x00101010, 'AS'], [0x00104000, 'LT'], [0x00180050, 'DS'], [0x00189074, 'DT'], [0x00189087, 'FD'], [0x00200013, 'IS'], [0x00280009, 'AT'],
  [0x00280010, 'US'], [0x00286010, 'US'], [0x00400275, 'SQ'], [0x0040a730, 'SQ'], [0x00420011, 'OB'], [0x00660016, 'OF'], [0x00700022, 'FL'], [0x00189219, 'SS'], [0x00186020, 'SL'],
]; // prettier-ignore

const bytes = (vr: Vr): fc.Arbitrary<Buffer> => {
  const size = { FD: 8, FL: 4, OF: 4, AT: 4, SL: 4 }[vr as string] ?? 2;
  return fc
    .array(fc.uint8Array({ minLength: size, maxLength: size }), { maxLength: 6 })
    .map((words) => Buffer.concat(words))
    .map((value) => (vr === 'OB' || size > 2 ? value : Buffer.from(value.map((byte) => 0x20 + (byte % 0x5f)))));
}; // prettier-ignore

const leaf = (tag: number, vr: Vr): fc.Arbitrary<Node> => bytes(vr).map((value) => ({ tag, vr, value }));
const sequence = (tag: number, depth: number): fc.Arbitrary<Node> =>
  fc.record({
    tag: fc.constant(tag),
    vr: fc.constant('SQ' as const),
    items: fc.array(tree(depth - 1), { maxLength: 3 }),
    open: fc.boolean(),
    openItems: fc.boolean(),
  });

/** A data set of registered elements, sequences in sequences to this depth. */
export function tree(depth: number): fc.Arbitrary<Node[]> {
  return fc
    .subarray([...registered], { maxLength: 8 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen
          .filter(([, vr]) => vr !== 'SQ' || depth > 0)
          .map(([tag, vr]) => (vr === 'SQ' ? sequence(tag, depth) : leaf(tag, vr))),
      ),
    )
    .map((nodes) => [...nodes].sort((a, b) => a.tag - b.tag));
}
