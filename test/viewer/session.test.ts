import { beforeEach, describe, expect, test } from 'vitest';
import type { Session, SessionAnswer, WorklistRow } from '../../viewer/src/api/types.ts';
import { administers, has, may, requests, worksIn } from '../../viewer/src/shell/access.ts';
import { givePageDocument, givePageStorage, openServer, sendPathsTo } from './browser/window.ts';

const server = openServer();
sendPathsTo(server.base);
givePageDocument();
const kept = givePageStorage();
Object.assign(globalThis, {
  sessionStorage: (globalThis as unknown as { localStorage: unknown }).localStorage,
});

/** As the browser sees them; their own types are unknown on this side. */
const at = async <T>(path: string): Promise<T> =>
  (await import(/* @vite-ignore */ `${import.meta.dirname}/../../viewer/src/${path}`)) as T;
const { sessionQuery, toSession } = await at<{
  toSession(answer: SessionAnswer): Session;
  sessionQuery: { queryFn(): Promise<Session | null> };
}>('shell/sessionQuery.ts');
const { keepLastFilter, nextCase, readLastFilter, worklistPath } = await at<{
  keepLastFilter(center: string, filter: object): void;
  readLastFilter(center: string): object;
  nextCase(center: string, without: string, me: string): Promise<WorklistRow | null>;
  worklistPath(center: string, filter: object, limit: number, cursor?: string | null): string;
}>('shell/worklist/useWorklist.ts');

const centers = ['imaging', 'ecg', 'lab'].map((kind) => ({ kind })) as SessionAnswer['centers'];
const answer = (roles: [string, string | null][], permissions: string[] = []): SessionAnswer => ({
  user: { id: 'u', username: 'u', name: '王五' },
  institutionId: 'i',
  institutionCode: 'C01',
  institutionName: '县医院',
  institutionKind: 'county',
  roles: roles.map(([role, centerKind]) => ({
    role,
    institutionId: 'i',
    centerKind,
  })) as SessionAnswer['roles'],
  permissions,
  centers,
});

describe('the person at the page', () => {
  test.each<[string, [string, string | null][], string[]]>([
    ['a reporter of one centre', [['reporter', 'ecg']], ['ecg']],
    ['a head of every centre', [['center-head', null]], ['imaging', 'ecg', 'lab']],
    ['a technician of a centre', [['technician', 'lab']], ['lab']],
    ['a clinician', [['clinician', null]], []],
    ['a reporter of a centre that the county has not', [['reporter', 'pathology']], []],
    ['a reporter here, a clinician there', [['clinician', null], ['verifier', 'imaging']], ['imaging']],
  ])('%s works in the lists of %j', (_name, roles, worked) => {
    const session = toSession(answer(roles));
    expect(session.centers).toEqual(worked);
    for (const kind of ['imaging', 'ecg', 'lab', 'pathology'] as const)
      expect(worksIn(session, kind)).toBe(worked.includes(kind));
  }); // prettier-ignore

  test('is told apart by roles and by rights', () => {
    const session = toSession(answer([['nurse', null]], ['order.request']));
    expect([has(session, 'nurse'), has(session, 'reporter', 'nurse'), has(session, 'courier')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([may(session, 'order.request'), may(session, 'x', 'order.request'), may(session, 'x')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([requests(session), administers(session)]).toEqual([true, false]);
    expect(session.institution).toEqual({ id: 'i', code: 'C01', name: '县医院', kind: 'county' });
    expect(session.demo).toBe(false);
  });

  test.each(['admin.staff', 'security.grant', 'policy.edit', 'roster.edit'])(
    'with %s he administers',
    (right) => {
      expect(administers(toSession(answer([], [right])))).toBe(true);
    },
  );

  test('nobody signed in is nobody; a hub that fails is no answer to that', async () => {
    const reply = (status: number, body: object) =>
      server.answer((_request, response) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
    reply(401, {});
    expect(await sessionQuery.queryFn()).toBeNull();
    reply(503, {});
    await expect(sessionQuery.queryFn()).rejects.toMatchObject({ status: 503 });
    reply(200, answer([['reporter', 'ecg']]));
    expect((await sessionQuery.queryFn())?.centers).toEqual(['ecg']);
  });
});

describe('the worklist of a centre', () => {
  beforeEach(() => kept.clear());

  test('asks for what waits there; in sterile supply the order itself is what waits', () => {
    const status = (center: string, filter = {}) =>
      new URL(worklistPath(center, filter, 100), 'http://hub').searchParams.get('status');
    expect(status('imaging')).toBe('acquired,received,claimed,preliminary,partial,returned');
    expect(status('sterilization')).toMatch(/^requested,/);
    expect(status('imaging', { status: 'final' })).toBe('final');
    expect(worklistPath('lab', { q: '张三', priority: 'urgent' }, 50, 'c2')).toBe(
      '/api/centers/lab/worklist?status=acquired%2Creceived%2Cclaimed%2Cpreliminary%2Cpartial%2Creturned&q=%E5%BC%A0%E4%B8%89&priority=urgent&limit=50&cursor=c2',
    );
  });

  test('remembers its filter for the tab, centre by centre, and survives a broken one', () => {
    keepLastFilter('imaging', { priority: 'urgent' });
    expect([readLastFilter('imaging'), readLastFilter('ecg')]).toEqual([{ priority: 'urgent' }, {}]);
    kept.set('hub.worklist.ecg', '{broken');
    expect(readLastFilter('ecg')).toEqual({});
  });

  const rows = (...list: [string, string, string | null][]) =>
    list.map(([orderId, status, claimedBy]) => ({ orderId, status, claimedBy }));
  test.each<[string, ReturnType<typeof rows>, string | null]>([
    ['the first that nobody has', rows(['a', 'received', null], ['b', 'received', null]), 'a'],
    ['not the one that is open', rows(['now', 'received', null], ['b', 'received', null]), 'b'],
    ['not one that another reads', rows(['a', 'claimed', '李四'], ['b', 'preliminary', null]), 'b'],
    ['one that I have begun', rows(['a', 'claimed', '李四'], ['b', 'claimed', '王五']), 'b'],
    ['not one whose input is still coming or that went back', rows(['a', 'acquired', null], ['b', 'returned', null], ['c', 'partial', null]), 'c'],
    ['none', rows(['now', 'received', null], ['b', 'claimed', '李四']), null],
  ])('the next case is %s', async (_name, items, orderId) => {
    keepLastFilter('imaging', { institution: 'i7' });
    let asked = '';
    server.answer((request, response) => {
      asked = request.url ?? '';
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ items }));
    });
    expect((await nextCase('imaging', 'now', '王五'))?.orderId ?? null).toBe(orderId);
    expect(asked).toContain('institution=i7'); // the list that the person works on
  }); // prettier-ignore
});
