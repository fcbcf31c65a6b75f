import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { nameSearch } from '../../../../server/imaging/instanceFacts.ts';
import { findImages, type QueryLevel } from '../../../../server/imaging/query/findImages.ts';
import { tags } from '../../../../server/standards/dicom/index.ts';
import { seededRandom } from '../../../fuzz.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

/** Studies of every combination that the queries below tell apart, made from a seed, and a model of PS3.4 §C.2.2.2. */
interface Made {
  uid: string;
  patientId: string;
  name: string;
  sex: string;
  birthDate: string;
  studyDate: string;
  studyTime: string;
  accession: string;
  description: string;
  series: { uid: string; modality: string; number: number; bodyPart: string; instances: string[] }[];
}

let hub: TestContext;
const made: Made[] = [];
const names = [
  'WANG^XIAO MING=王^小明', 'WANG^XIAODONG', 'ZHANG^SAN=张^三', 'Zhang^Sanfeng=张^三丰', 'O_NEIL^PAT', 'ONEIL^PAT', '100%^PURE', 'LI^SI', 'LIN^ZHI', 'A^B=丙^丁=c^d',
]; // prettier-ignore
const ids = ['QH-1', 'QH-12', 'QH_1', 'QH%1', 'qh-1', 'A*', 'B?', 'X\\Y'.replace('\\', '/'), '007', '7'];
const dates = ['20251231', '20260101', '20260115', '20260131', '20260201'];
const times = ['000000', '081500', '081530', '081530.250000', '120000', '235959'];

beforeAll(async () => {
  hub = await createContext({ county: true });
  const { db } = hub.ctx;
  const random = seededRandom(4711);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const { id: institutionId } = await db.selectFrom('institution').select('id').where('code', '=', 'LIUHE').executeTakeFirstOrThrow();
  for (let n = 0; n < 60; n++) {
    const study: Made = {
      uid: `1.2.${n + 1}`, patientId: pick(ids), name: pick(names), sex: pick(['M', 'F', 'O']), birthDate: pick(['19700101', '19800229', '20001231']),
      studyDate: pick(dates), studyTime: pick(times), accession: `A${n % 15}`, description: pick(['头部 CT', 'CHEST', 'Chest', 'chest+contrast', '']),
      series: Array.from({ length: 1 + (n % 3) }, (_, s) => ({
        uid: `1.2.${n + 1}.${s + 1}`, modality: pick(['CT', 'MR', 'DX']), number: s + 1, bodyPart: pick(['HEAD', 'CHEST']),
        instances: Array.from({ length: 1 + ((n + s) % 2) }, (_i, i) => `1.2.${n + 1}.${s + 1}.${i + 1}`),
      })),
    };
    made.push(study);
    const row = await db.insertInto('study').values({
      studyInstanceUid: study.uid, institutionId, patientIdText: study.patientId, patientName: study.name, patientNameSearch: nameSearch(study.name), patientSex: study.sex,
      patientBirthDate: study.birthDate, studyDate: study.studyDate, studyTime: study.studyTime, accessionNumber: study.accession, studyDescription: study.description || null,
      modalities: [...new Set(study.series.map(({ modality }) => modality))],
    }).returning('id').executeTakeFirstOrThrow();
    for (const series of study.series) {
      const inner = await db.insertInto('series').values({ studyId: row.id, seriesInstanceUid: series.uid, modality: series.modality, seriesNumber: series.number, bodyPart: series.bodyPart }).returning('id').executeTakeFirstOrThrow();
      await db.insertInto('instance').values(series.instances.map((uid, at) => ({
        seriesId: inner.id, sopInstanceUid: uid, sopClassUid: '1.2.840.10008.5.1.4.1.1.2', instanceNumber: at + 1, transferSyntax: '1.2.840.10008.1.2.1', objectAddress: uid, objectSize: 1, dataSetOffset: 0,
      }))).execute();
    }
  }
}); // prettier-ignore
afterAll(() => hub.close());

const find = async (level: QueryLevel, keys: Iterable<[number, string]>, more: { fuzzy?: boolean; limit?: number; offset?: number } = {}) =>
  (await findImages(hub.ctx, SYSTEM, { level, keys: new Map(keys), limit: 1000, ...more })).map(
    (match) => match.sop_instance_uid ?? match.series_instance_uid ?? match.study_instance_uid,
  ); // prettier-ignore

/** Wild card matching as PS3.4 §C.2.2.2.4 words it, character by character. */
function wild(pattern: string, value: string): boolean {
  if (pattern === '') return value === '';
  if (pattern[0] === '*') return wild(pattern.slice(1), value) || (value !== '' && wild(pattern, value.slice(1)));
  return value !== '' && (pattern[0] === '?' || pattern[0] === value[0]) && wild(pattern.slice(1), value.slice(1));
} // prettier-ignore
const textMatches = (key: string, value: string) => /^\**$/.test(key) || wild(key, value);
const seconds = (time: string) => Number(time.padEnd(6, '0').slice(0, 6) + (time.slice(6) || '.0'));
function rangeMatches(key: string, value: string, order: (text: string) => number): boolean {
  const [from, to] = key.split('-');
  return (!from || order(value) >= order(from)) && (!to || order(value) <= order(to));
}

const pattern = (values: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...values),
      fc.array(fc.tuple(fc.nat(8), fc.constantFrom('*', '?', '')), { maxLength: 3 }),
    )
    .map(([value, edits]) => {
      const letters = [...value];
      for (const [at, mark] of edits)
        if (at < letters.length)
          letters.splice(at, mark === '?' ? 1 : Math.min(2, letters.length - at), mark);
      return letters.join('');
    });

describe('against a model of the standard', () => {
  test('wild cards in numbers and descriptions, with the characters that SQL reads otherwise', async () => {
    const keys: [number, readonly string[], (study: Made) => string][] = [
      [tags.patientId, ids, (study) => study.patientId],
      [tags.studyDescription, ['头部 CT', 'CHEST', 'chest+contrast'], (study) => study.description],
      [tags.accessionNumber, ['A1', 'A14'], (study) => study.accession],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...keys).chain(([tag, values, of]) => pattern(values).map((key) => ({ tag, key, of }))),
        async ({ tag, key, of }) => {
          const expected = made.filter((study) => textMatches(key, of(study))).map(({ uid }) => uid);
          expect(new Set(await find('study', [[tag, key]])), `${tag} ${key}`).toEqual(new Set(expected));
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  }); // prettier-ignore

  test('ranges of dates, open at either end', async () => {
    const edge = fc.constantFrom(...dates, '20260110', '');
    await fc.assert(
      fc.asyncProperty(edge, edge, async (from, to) => {
        const key = `${from}-${to}`;
        const expected = made.filter((study) => rangeMatches(key, study.studyDate, Number)).map(({ uid }) => uid);
        expect(new Set(await find('study', [[tags.studyDate, key]])), key).toEqual(new Set(expected));
      }),
      { numRuns: 40, seed: 2 },
    );
  }); // prettier-ignore

  test('ranges of times, whole or cut: 0815 up to 0815 holds that minute', async () => {
    const edge = fc.constantFrom('00', '0815', '081530', '08:15:30', '12', '235959', '');
    await fc.assert(
      fc.asyncProperty(edge, edge, async (from, to) => {
        const last = to.replaceAll(':', '');
        const expected = made.filter(({ studyTime }) =>
          (!from || seconds(studyTime) >= seconds(from.replaceAll(':', ''))) &&
          (!to || studyTime.slice(0, last.length) <= last),
        ).map(({ uid }) => uid);
        expect(new Set(await find('study', [[tags.studyTime, `${from}-${to}`]])), `${from}-${to}`).toEqual(new Set(expected));
      }),
      { numRuns: 40, seed: 3 },
    );
  }); // prettier-ignore

  test('names: any group, without case, in whole or by wild card within one group', async () => {
    const groups = (name: string) => name.toLowerCase().split('=');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names).chain((name) => pattern(name.split('='))),
        async (key) => {
          const asked = key.toLowerCase().replace(/\^+$/, '');
          fc.pre(!asked.includes('='));
          const found = new Set(await find('study', [[tags.patientName, key]]));
          for (const study of made)
            if (groups(study.name).some((group) => textMatches(asked, group)))
              expect(found.has(study.uid), `${key} finds ${study.name}`).toBe(true);
          // what is found beyond the groups is found by the shown name, its pinyin or initials
          for (const study of made.filter(({ uid }) => found.has(uid))) {
            const forms = nameSearch(study.name).split('|').filter(Boolean);
            expect(forms.some((form) => textMatches(asked, form)), `${key} does not find ${study.name}`).toBe(true);
          }
        },
      ),
      { numRuns: 150, seed: 4 },
    );
  }); // prettier-ignore

  test('several keys at once are all met, at each level', async () => {
    const one = <T>(from: readonly T[]) => fc.option(fc.constantFrom(...from), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          level: fc.constantFrom<QueryLevel>('study', 'series', 'instance'),
          sex: one(['M', 'F']),
          modality: one(['CT', 'MR', 'M?']),
          number: one(['1', '2', '3']),
          part: one(['HEAD', 'C*']),
          from: one(['20260101-', '-20260115']),
        }),
        async ({ level, sex, modality, number, part, from }) => {
          const keys: [number, string][] = [];
          if (sex) keys.push([tags.patientSex, sex]);
          if (from) keys.push([tags.studyDate, from]);
          if (modality) keys.push([tags.modality, modality]);
          if (level !== 'study' && number) keys.push([tags.seriesNumber, number]);
          if (level !== 'study' && part) keys.push([tags.bodyPartExamined, part]);
          const expected = made
            .filter((study) => (!sex || study.sex === sex) && (!from || rangeMatches(from, study.studyDate, Number)))
            .flatMap((study) => {
              const series = study.series.filter(
                (each) =>
                  (!modality || wild(modality, each.modality)) &&
                  (level === 'study' || ((!number || each.number === Number(number)) && (!part || wild(part, each.bodyPart)))),
              );
              if (level === 'study') return series.length > 0 ? [study.uid] : [];
              return series.flatMap((each) => (level === 'series' ? [each.uid] : each.instances));
            });
          expect(new Set(await find(level, keys))).toEqual(new Set(expected));
        },
      ),
      { numRuns: 80, seed: 5 },
    );
  }); // prettier-ignore
});

describe('lists, pages and what narrows nothing', () => {
  test('UID lists by backslash or comma, with spaces, empty members and strangers', async () => {
    expect(new Set(await find('study', [[tags.studyInstanceUid, '1.2.3\\ 1.2.5 \\\\9.9']]))).toEqual(new Set(['1.2.3', '1.2.5'])); // prettier-ignore
    expect(new Set(await find('series', [[tags.seriesInstanceUid, '1.2.3.1,1.2.5.1']]))).toEqual(new Set(['1.2.3.1', '1.2.5.1'])); // prettier-ignore
    expect(await find('instance', [[tags.sopInstanceUid, '1.2.3.1.1']])).toEqual(['1.2.3.1.1']);
    expect(await find('study', [[tags.studyInstanceUid, '*']])).toHaveLength(60);
  });

  test.each<[string, number, string]>([
    ['an empty value', tags.patientId, ''],
    ['stars alone', tags.patientName, '***'],
    ['a range without ends', tags.studyDate, '-'],
    ['a number that is none', tags.seriesNumber, '1x'],
    ['modalities of stars', tags.modalitiesInStudy, '*\\'],
    ['a name of delimiters', tags.patientName, '^^'],
    ['an attribute that is not indexed', 0x00081040, 'ward 7'],
  ])('%s matches everything', async (_what, tag, value) => {
    expect(await find('study', [[tag, value]])).toHaveLength(60);
  });

  test('modalities in study by list: any of them', async () => {
    const expected = made.filter(({ series }) => series.some(({ modality }) => modality !== 'CT')).map(({ uid }) => uid); // prettier-ignore
    expect(new Set(await find('study', [[tags.modalitiesInStudy, 'MR\\DX']]))).toEqual(new Set(expected));
  });

  test('pages follow each other without gap or double, newest study first', async () => {
    const whole = await find('instance', []);
    const pages = [];
    for (let offset = 0; offset < whole.length; offset += 7)
      pages.push(...(await find('instance', [], { limit: 7, offset })));
    expect(pages).toEqual(whole);
    expect(new Set(whole).size).toBe(whole.length);
    const shown = (await find('study', [])).map((uid) => made.find((study) => study.uid === uid)!.studyDate);
    expect(shown).toEqual([...shown].sort().reverse());
  });

  test('fuzzy finds the words anywhere and in any order, and takes no wild card literally', async () => {
    const withName = (name: string) => made.filter((study) => study.name === name).map(({ uid }) => uid);
    const fuzzy = async (key: string) => new Set(await find('study', [[tags.patientName, key]], { fuzzy: true })); // prettier-ignore
    expect(await fuzzy('ming wang')).toEqual(new Set(withName('WANG^XIAO MING=王^小明')));
    expect(await fuzzy('feng*')).toEqual(new Set(withName('Zhang^Sanfeng=张^三丰')));
    expect(await fuzzy('o_n')).toEqual(new Set(withName('O_NEIL^PAT')));
    expect((await fuzzy('*^=')).size).toBe(60);
  });
});
