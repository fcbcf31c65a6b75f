import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  anonymise,
  mayHaveBurnedInText,
  replaceUid,
  type Pseudonym,
} from '../../../../server/imaging/export/anonymise.ts';
import { profileAct, profileCodes } from '../../../../server/imaging/export/basicProfile.ts';
import {
  isPrivateTag,
  readHeader,
  sopClasses,
  tagText,
  tags,
  transferSyntaxes,
  vrOf,
  writeDataSet,
  writeFileMeta,
  type DataSet,
  type ElementList,
  type ElementValue,
  type Vr,
} from '../../../../server/standards/dicom/index.ts';

const pseudonym: Pseudonym = { patient: 'ANON00000001', key: Buffer.alloc(32, 7) };
const sopInstanceUid = '1.2.826.0.1.77.3';
/** Stands in every value that is put in; nothing of it may come out. */
const SECRET = 'GEHEIM';
const SECRET_UID = '1.2.826.0.1.77';

function secretOf(vr: Vr): ElementValue {
  if (vr === 'UI') return `${SECRET_UID}.9`;
  if (vr === 'SQ') return [[[tags.instanceNumber, '5'], [tags.patientComments, SECRET]]]; // prettier-ignore
  if (vr === 'DA') return '19780506';
  if (vr === 'TM') return '070809';
  if (vr === 'DT') return '19780506070809';
  if (vr === 'DS' || vr === 'IS') return '19780506';
  if (vr === 'AS') return '047Y';
  if (['OB', 'OW', 'OD', 'OF', 'OL', 'OV', 'UN'].includes(vr)) return Buffer.from(`${SECRET}${SECRET}xxxx`);
  if (['US', 'SS', 'UL', 'SL', 'FD', 'FL', 'SV', 'UV', 'AT'].includes(vr)) return 7;
  return SECRET;
}

const secretElement = (tag: number): ElementList[number] => {
  const vr = vrOf(tag) ?? 'LO';
  return [tag, secretOf(vr), vr];
};

interface Made {
  before?: ElementList;
  transferSyntax?: string;
  pixels?: Buffer;
  after?: Buffer;
}

/** A CT image of two by two pixels with the given elements. */
function make({
  before = [],
  transferSyntax = transferSyntaxes.explicitLittleEndian,
  pixels = Buffer.alloc(8, 1),
  after = Buffer.alloc(0),
}: Made) {
  const own: ElementList = [
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, sopInstanceUid],
    [tags.modality, 'CT'],
    [tags.rows, 2],
    [tags.columns, 2],
    [tags.bitsAllocated, 16],
  ];
  const given = new Set(before.map(([tag]) => tag));
  const head = writeDataSet([...own.filter(([tag]) => !given.has(tag)), ...before], { transferSyntax });
  const explicit = transferSyntax !== transferSyntaxes.implicitLittleEndian;
  const element = Buffer.alloc(explicit ? 12 : 8);
  element.writeUInt16LE(0x7fe0, 0);
  element.writeUInt16LE(0x0010, 2);
  if (explicit) element.write('OW', 4, 'latin1');
  element.writeUInt32LE(pixels.length, explicit ? 8 : 4);
  const meta = writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid, transferSyntax });
  return Buffer.concat([meta, head, element, pixels, after]);
}

function clean(file: Buffer): { file: Buffer; dataSet: DataSet } {
  const made = anonymise(file, readHeader(file), pseudonym);
  if (typeof made === 'string') throw new Error(made);
  return { file: made.file, dataSet: readHeader(made.file).dataSet };
}

/** File meta information and media directories are written anew: their groups never come from the object. */
const named = [...profileCodes.keys()].filter((tag) => tag >= 0x00080000);

describe('the Basic Profile, attribute by attribute', () => {
  test('the table is whole, and what earlier versions kept is in it', () => {
    expect(profileCodes.size).toBe(617);
    const once = [
      0x00102160, 0x00180010, 0x00181400, 0x001811bb, 0x00185011, 0x00189185, 0x00189367, 0x00189371, 0x00189373,
      0x0018937b, 0x0018937f, 0x00189937,
    ]; // prettier-ignore
    expect(once.filter((tag) => profileAct(tag) === undefined)).toEqual([]);
  });

  const file = make({
    before: [
      ...named.map(secretElement),
      // The same again inside a sequence that stays, in a functional group.
      [0x52009229, [named.map(secretElement).filter(([tag]) => tag !== 0x52009229)], 'SQ'],
    ],
  });
  const { dataSet, file: out } = clean(file);
  const inner = dataSet.sequence(0x52009229)[0];

  test('nothing that was put in comes out, in any encoding', () => {
    for (const secret of [SECRET, SECRET_UID, '19780506', '070809', '047Y'])
      expect(out.includes(Buffer.from(secret)), secret).toBe(false);
  });

  test.each(named.map((tag) => [tagText(tag), profileCodes.get(tag) ?? '', tag] as const))(
    '(%s) %s',
    (_text, code, tag) => {
      // Patient ID and name are given a pseudonym, which Z allows.
      const own = tag === tags.patientId || tag === tags.patientName || tag === 0x00120062 || tag === 0x00120063;
      for (const [where, depth] of [[dataSet, 0], [inner, 1]] as const) {
        const value = where?.bytes(tag);
        const held = value === undefined ? 'absent' : value.length === 0 ? 'empty' : 'value';
        if (own && depth === 0) expect(where?.string(tag)).toBe(pseudonym.patient);
        else if (code === 'X') expect(held).toBe('absent');
        else if (code === 'Z' || code === 'X/Z') expect(held).toBe('empty');
        else if (code === 'U' && vrOf(tag) === 'UI') expect(where?.string(tag)).toMatch(/^2\.25\.\d+$/);
        else if (code === 'X/Z/U*') expect(where?.sequence(tag)[0]?.elements().map((each) => each.tag)).toEqual([tags.instanceNumber]);
        else expect(['absent', 'empty', 'value']).toContain(held);
      }
    },
  ); // prettier-ignore

  test('private attributes, curves, overlays, unregistered ones and free text go, at every depth', () => {
    const extra: ElementList = [
      [0x00090010, SECRET, 'LO'],
      [0x00091001, SECRET, 'LO'],
      [0x00291010, Buffer.from(SECRET), 'OB'],
      [0x50003000, Buffer.from(SECRET), 'OW'],
      [0x60000010, 2, 'US'],
      [0x60000022, SECRET, 'LO'],
      [0x60003000, Buffer.from(SECRET), 'OW'],
      [0x60004000, SECRET, 'LT'],
      [0x00180fff, SECRET, 'LO'],
      [0x00100222, SECRET, 'LO'],
      [0x0040a160, SECRET, 'UT'],
      [0x00081195, `${SECRET_UID}.5`, 'UI'],
    ];
    const made = clean(make({ before: [...extra, [0x00082218, [extra], 'SQ']] }));
    expect(made.file.includes(Buffer.from(SECRET))).toBe(false);
    expect(made.file.includes(Buffer.from(SECRET_UID))).toBe(false);
    const left = (set: DataSet | undefined) => (set?.elements() ?? []).map(({ tag }) => tag);
    for (const tag of [...left(made.dataSet), ...left(made.dataSet.sequence(0x00082218)[0])])
      expect(isPrivateTag(tag) || tag >>> 28 >= 5, tagText(tag)).toBe(false);
  });

  test('what says how the picture was made stays', () => {
    const kept: ElementList = [
      [0x00180060, '120'],
      [0x00180050, '5'],
      [tags.manufacturer, 'Maker'],
      [0x00280030, ['0.5', '0.5']],
      [0x00200032, ['0', '0', '5']],
      [
        0x00082218,
        [
          [
            [tags.codeValue, '69536005'],
            [tags.codeMeaning, 'Head'],
          ],
        ],
        'SQ',
      ],
    ];
    const { dataSet: left } = clean(make({ before: kept }));
    expect(left.string(0x00180060)).toBe('120');
    expect(left.string(tags.manufacturer)).toBe('Maker');
    expect(left.numbers(0x00280030)).toEqual([0.5, 0.5]);
    expect(left.sequence(0x00082218)[0]?.string(tags.codeMeaning)).toBe('Head');
  });

  test('says that and how it was done; UIDs stay the same through one export and differ in the next', () => {
    const study = `${SECRET_UID}.1`;
    const a = clean(make({ before: [[tags.studyInstanceUid, study], [0x00081140, [[[0x00081155, sopInstanceUid]]], 'SQ']] })).dataSet;
    const b = clean(make({ before: [[tags.studyInstanceUid, study]] })).dataSet;
    expect(a.string(0x00120062)).toBe('YES');
    expect(a.string(0x00120063)).toContain('Basic Profile');
    expect(a.sequence(0x00120064)[0]?.string(tags.codeValue)).toBe('113100');
    expect(a.string(0x00280303)).toBe('REMOVED');
    expect(a.string(tags.studyInstanceUid)).toBe(b.string(tags.studyInstanceUid));
    expect(a.sequence(0x00081140)[0]?.string(0x00081155)).toBe(a.string(tags.sopInstanceUid));
    expect(replaceUid(study, { ...pseudonym, key: Buffer.alloc(32, 8) })).not.toBe(a.string(tags.studyInstanceUid));
  }); // prettier-ignore
});

describe('the picture', () => {
  test('is carried over as it is, and nothing that follows it', () => {
    const padding = Buffer.concat([Buffer.from([0xfc, 0xff, 0xfc, 0xff]), Buffer.from('OB\0\0'), Buffer.from([6, 0, 0, 0]), Buffer.from(SECRET)]); // prettier-ignore
    const pixels = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const transferSyntax of [
      transferSyntaxes.explicitLittleEndian,
      transferSyntaxes.implicitLittleEndian,
    ]) {
      const { file } = clean(make({ transferSyntax, pixels, after: padding }));
      expect(file.subarray(-8)).toEqual(pixels);
    }
  });

  test('ends at its delimiter where it is encapsulated', () => {
    const item = (bytes: number[]) => Buffer.from([0xfe, 0xff, 0x00, 0xe0, bytes.length, 0, 0, 0, ...bytes]);
    const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
    const file = make({ transferSyntax: transferSyntaxes.jpegBaseline, pixels: Buffer.alloc(0) });
    file.writeUInt32LE(0xffffffff, file.length - 4);
    file.write('OB', file.length - 8, 'latin1');
    const picture = Buffer.concat([item([]), item([0xff, 0xd8, 0xff, 0xd9]), end]);
    const made = clean(Buffer.concat([file, picture, Buffer.from(SECRET)]));
    expect(made.file.subarray(-picture.length)).toEqual(picture);
  });

  const overlay: ElementList = [
    [0x60000010, 2, 'US'],
    [0x60000011, 2, 'US'],
    [0x60000100, 16, 'US'],
    [0x60000102, 12, 'US'],
  ];
  test('loses the overlay that stands in its unused bits; a coded one is not given away', () => {
    const pixels = Buffer.from([0x01, 0x10, 0x02, 0x0f, 0xff, 0x1f, 0x00, 0x00]);
    const { file } = clean(make({ before: overlay, pixels }));
    expect(file.subarray(-8)).toEqual(Buffer.from([0x01, 0x00, 0x02, 0x0f, 0xff, 0x0f, 0x00, 0x00]));
    const coded = make({
      before: overlay,
      transferSyntax: transferSyntaxes.jpegBaseline,
      pixels: Buffer.alloc(0),
    });
    coded.writeUInt32LE(0xffffffff, coded.length - 4);
    const whole = Buffer.concat([coded, Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])]);
    expect(anonymise(whole, readHeader(whole), pseudonym)).toBe('overlay-in-picture');
  });

  test('documents and big-endian objects are not given away', () => {
    const meta = writeFileMeta({ sopClassUid: '1.2.840.10008.5.1.4.1.1.88.33', sopInstanceUid, transferSyntax: transferSyntaxes.explicitLittleEndian }); // prettier-ignore
    const document = Buffer.concat([meta, writeDataSet([[tags.sopInstanceUid, sopInstanceUid], [tags.modality, 'SR']])]); // prettier-ignore
    expect(anonymise(document, readHeader(document), pseudonym)).toBe('no-picture');
  });

  test.each([transferSyntaxes.mpeg2Main, transferSyntaxes.mpeg4High41, transferSyntaxes.hevcMain51, '1.2.840.10008.1.2.4.102.1'])(
    'a film (%s) is not given away, whatever it says of burned-in text',
    (transferSyntax) => {
      const file = make({ before: [[0x00280301, 'NO']], transferSyntax, pixels: Buffer.alloc(0) });
      file.writeUInt32LE(0xffffffff, file.length - 4);
      const whole = Buffer.concat([file, Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])]);
      expect(anonymise(whole, readHeader(whole), pseudonym)).toBe('film');
    },
  ); // prettier-ignore

  test('of ultrasound may show a name unless the device says it does not', () => {
    const said = (modality: string, burnedIn?: string) =>
      mayHaveBurnedInText(
        readHeader(make({ before: [[tags.modality, modality], ...(burnedIn ? ([[0x00280301, burnedIn]] as const) : [])] })).dataSet,
      ); // prettier-ignore
    expect([said('US'), said('US', 'NO'), said('CT'), said('CT', 'YES'), said('SC')]).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });
});

const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import pydicom']).status === 0,
);
const script = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
d.decode()
seen = []
def look(ds, e):
    seen.append([int(e.tag), e.VR, e.is_empty])
d.walk(look)
print(json.dumps({"seen": seen, "pixels": len(d.PixelData), "id": d.PatientID, "removed": d.PatientIdentityRemoved,
  "code": d.DeidentificationMethodCodeSequence[0].CodeValue, "meta": d.file_meta.MediaStorageSOPInstanceUID == d.SOPInstanceUID}))
`;
test.skipIf(python === undefined)(
  'pydicom reads the result and finds nothing that the profile removes',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-anonymous-'));
    const path = join(folder, 'a.dcm');
    writeFileSync(path, clean(make({ before: named.map(secretElement) })).file);
    const run = spawnSync(python ?? '', ['-c', script, path], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(run.stderr).toBe('');
    const said = JSON.parse(run.stdout);
    expect(said).toMatchObject({
      pixels: 8,
      id: pseudonym.patient,
      removed: 'YES',
      code: '113100',
      meta: true,
    });
    const wrong = (said.seen as [number, string, boolean][]).filter(
      ([tag]) => profileAct(tag) === 'remove' || isPrivateTag(tag),
    );
    expect(wrong.map(([tag]) => tagText(tag))).toEqual([]);
  },
);
