import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DicomError,
  readDataSet,
  tags,
  transferSyntaxes,
  writeDataSet,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';
import { PartialDataSet } from '../../../../server/standards/dicom/readDataSet.ts';
import { python, runPython } from '../../../helpers/dicomPeers.ts';
import { encodeTree, tellDataSet, tellTree, tree, type Coding, type Node, type Told } from './tree.ts';

const { explicitLittleEndian, implicitLittleEndian, explicitBigEndian } = transferSyntaxes;
const codings: [string, Coding][] = [
  [explicitLittleEndian, { explicit: true, bigEndian: false }],
  [implicitLittleEndian, { explicit: false, bigEndian: false }],
  [explicitBigEndian, { explicit: true, bigEndian: true }],
];
/** Every run of this file reads the same trees. */
const seed = 20_261_201;

describe.each(codings)('trees of elements in %s', (transferSyntax, coding) => {
  test('are found as they were written, lengths defined or not (300 trees)', () => {
    fc.assert(
      fc.property(tree(3), (nodes) => {
        const read = readDataSet(encodeTree(nodes, coding), transferSyntax);
        expect(tellDataSet(read.dataSet)).toEqual(tellTree(nodes));
        expect([read.headerComplete, read.pixelData]).toEqual([true, undefined]);
      }),
      { seed, numRuns: 300 },
    );
  });

  test('cut anywhere they are truncated, and what stood before the cut is kept (60 trees, each cut at every byte)', () => {
    fc.assert(
      fc.property(tree(2), (nodes) => {
        const whole = tellTree(nodes);
        const bytes = encodeTree(nodes, coding);
        const ends = nodes.map((_, at) => encodeTree(nodes.slice(0, at + 1), coding).length);
        for (let cut = 1; cut < bytes.length; cut++) {
          const part = bytes.subarray(0, cut);
          const complete = ends.filter((end) => end <= cut).length;
          const first = readDataSet(part, transferSyntax, { complete: false });
          expect(tellDataSet(first.dataSet).slice(0, complete)).toEqual(whole.slice(0, complete));
          const between = ends.includes(cut) || part.subarray(ends[complete - 1] ?? 0).every((byte) => byte === 0);
          if (!between) expect(outcome(part, transferSyntax)).toEqual(whole.slice(0, complete));
        }
      }),
      { seed, numRuns: 60 },
    );
  }); // prettier-ignore

  test.each([0, 1, 2, 3, 7])('may end with %i bytes of padding behind a sequence of undefined length', (padding) => {
    const nodes: Node[] = [{ tag: 0x00081140, vr: 'SQ', items: [[]], open: true, openItems: true }];
    const bytes = Buffer.concat([encodeTree(nodes, coding), Buffer.alloc(padding)]);
    expect(tellDataSet(readDataSet(bytes, transferSyntax).dataSet)).toEqual(tellTree(nodes));
  }); // prettier-ignore

  test('with any byte changed they are read or refused, never anything else (400 trees)', () => {
    fc.assert(
      fc.property(tree(3), fc.nat(), fc.integer({ min: 1, max: 255 }), (nodes, place, change) => {
        const bytes = encodeTree(nodes, coding);
        if (bytes.length === 0) return;
        bytes[place % bytes.length]! ^= change;
        try {
          tellDataSet(readDataSet(bytes, transferSyntax).dataSet);
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
        }
      }),
      { seed, numRuns: 400 },
    );
  });
});

/** What a cut data set is refused with: the elements before the cut; anything else fails the test. */
function outcome(bytes: Buffer, transferSyntax: string): Told[] | string {
  try {
    readDataSet(bytes, transferSyntax);
    return 'was read as whole';
  } catch (error) {
    const cut = error instanceof DicomError && error.code === 'truncated' ? error.cause : undefined;
    if (cut instanceof PartialDataSet) return tellDataSet(cut.dataSet);
    throw error;
  }
}

describe('what is written', () => {
  const listOf = (nodes: readonly Node[]): ElementList =>
    nodes.map((node) =>
      'items' in node ? [node.tag, node.items.map(listOf), 'SQ'] : [node.tag, node.value, node.vr],
    );
  test.each([explicitLittleEndian, implicitLittleEndian])(
    'in %s is byte by byte what PS3.5 says of defined lengths (200 trees)',
    (transferSyntax) => {
      const closed = (nodes: readonly Node[]): Node[] =>
        nodes.map((node) =>
          'items' in node ? { ...node, open: false, openItems: false, items: node.items.map(closed) } : node,
        );
      const coding = codings.find(([uid]) => uid === transferSyntax)![1];
      fc.assert(
        fc.property(tree(3), (nodes) => {
          const written = writeDataSet(listOf(nodes), { transferSyntax, characterSet: '' });
          expect(written.equals(encodeTree(closed(nodes), coding))).toBe(true);
        }),
        { seed, numRuns: 200 },
      );
    },
  );
});

test.skipIf(python === undefined)('pydicom finds the same trees in each coding (120 trees)', () => {
  const trees = fc.sample(tree(3), { seed, numRuns: 40 }).filter((nodes) => nodes.length > 0);
  const given = codings.flatMap(([, coding]) =>
    trees.map((nodes) => [
      encodeTree(nodes, coding).toString('base64'),
      !coding.explicit,
      !coding.bigEndian,
    ]),
  );
  const script = `
import sys, json, base64, io
from pydicom.filereader import read_dataset
def tell(ds):
    return [[int(e.tag), e.VR, [tell(i) for i in e.value] if e.VR == 'SQ' else None] for e in (ds[t] for t in sorted(ds.keys()))]
def one(b64, implicit, little):
    return tell(read_dataset(io.BytesIO(base64.b64decode(b64)), implicit, little))
print(json.dumps([one(*each) for each in json.load(sys.stdin)]))`;
  const shape = (told: Told[]): unknown[] =>
    told.map(([tag, vr, value]) => [tag, vr, Array.isArray(value) ? value.map(shape) : null]);
  expect(runPython(script, given)).toEqual(codings.flatMap(() => trees.map((nodes) => shape(tellTree(nodes)))));
}); // prettier-ignore

describe('a sequence whose representation its writer did not know (PS3.5 §6.2.2)', () => {
  const inside = encodeTree([{ tag: tags.accessionNumber, vr: 'SH', value: Buffer.from('A1') }], {
    explicit: false,
    bigEndian: false,
  });
  const item = (open: boolean) =>
    Buffer.concat([
      Buffer.from('feff00e0', 'hex'),
      open ? Buffer.from('ffffffff', 'hex') : Buffer.from([inside.length, 0, 0, 0]),
      inside,
      open ? Buffer.from('feff0de000000000', 'hex') : Buffer.alloc(0),
    ]);
  const unknown = (body: Buffer, open: boolean) =>
    Buffer.concat([
      Buffer.from('40007502', 'hex'),
      Buffer.from('UN\0\0'),
      open ? Buffer.from('ffffffff', 'hex') : Buffer.from([body.length, 0, 0, 0]),
      body,
      open ? Buffer.from('feffdde000000000', 'hex') : Buffer.alloc(0),
    ]);
  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('is one all the same (length undefined: %j, of its item: %j)', (open, openItem) => {
    const behind = encodeTree([{ tag: 0x00420010, vr: 'ST', value: Buffer.from('T ') }], codings[0]![1]);
    const { dataSet } = readDataSet(
      Buffer.concat([unknown(item(openItem), open), behind]),
      explicitLittleEndian,
    );
    expect(dataSet.sequence(tags.requestAttributesSequence).map((each) => each.string(tags.accessionNumber))).toEqual(['A1']); // prettier-ignore
    expect(dataSet.string(0x00420010)).toBe('T');
  });
  test('and where its bytes are no items it is bytes', () => {
    const { dataSet } = readDataSet(unknown(Buffer.from('nonsense'), false), explicitLittleEndian);
    expect([dataSet.vr(tags.requestAttributesSequence), dataSet.sequence(tags.requestAttributesSequence)]).toEqual(['UN', []]); // prettier-ignore
    expect(dataSet.bytes(tags.requestAttributesSequence)?.toString()).toBe('nonsense');
  });
});
