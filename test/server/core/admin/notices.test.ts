import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { grant, NOWHERE, said, siteOf, staffOf } from './trail.ts';

let hub: TestHub;
let town: string, lead: string;
const clients = new Map<string, Client>();
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [town, lead] = await Promise.all([siteOf(hub, 'LIUHE'), siteOf(hub, 'QHRM')]);
  for (const name of ['doctor1', 'nurse1', 'tech1', 'doctor2', 'clinician1', 'radiologist1', 'cssd1', 'qa1', 'admin1', 'regulator1', 'courier1', 'head1', 'duty1'])
    clients.set(name, await hub.as(name)); // prettier-ignore
});
afterAll(() => hub?.close());
beforeEach(() => hub.ctx.db.deleteFrom('notification').execute());

const as = (name: string) => clients.get(name) as Client;
const tell = (kind: string, more: { staffId?: string; institutionId?: string; body?: string } = {}) =>
  hub.ctx.db
    .insertInto('notification')
    .values({ kind, ...more })
    .returning('id')
    .executeTakeFirstOrThrow();
type Notice = { id: string; kind: string; ticket?: { id: string } };
const unread = async (name: string) => (await as(name).get('/api/notifications')).body.items as Notice[];
const kinds = async (name: string) => (await unread(name)).map(({ kind }) => kind);
const readAt = async (id: string) =>
  (
    await hub.ctx.db
      .selectFrom('notification')
      .select('readAt')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).readAt;

const CLINICAL = ['report.signed', 'specimen.rejected', 'image-graded', 'input-graded', 'notifiable.draft', 'critical', 'training.note', 'late-input']; // prettier-ignore

describe('a notice to a site', () => {
  test.each([
    ['doctor1', CLINICAL.length],
    ['nurse1', CLINICAL.length],
    ['tech1', CLINICAL.length],
    ['doctor2', 0],
    ['clinician1', 0],
    ['radiologist1', 0],
    ['admin1', 0],
    ['regulator1', 0],
    ['courier1', 0],
    ['qa1', 0],
  ])('about its cases is shown to %s: %s of them', async (name, count) => {
    for (const kind of CLINICAL) await tell(kind, { institutionId: town });
    expect(await kinds(name)).toHaveLength(count);
  });

  test('about sterile supply is for who orders it or works there, about tickets for who works on them', async () => {
    await tell('sterilization.recall', { institutionId: lead });
    await tell('ticket.opened', { institutionId: lead });
    expect(await kinds('cssd1')).toEqual(expect.arrayContaining(['sterilization.recall', 'ticket.opened']));
    expect(await kinds('clinician1')).toEqual(
      expect.arrayContaining(['sterilization.recall', 'ticket.opened']),
    );
    expect(await kinds('radiologist1'), 'a reader of images').toEqual(['ticket.opened']);
    expect(await kinds('courier1')).toEqual([]);
    expect(await kinds('admin1')).toEqual([]);
  });

  test('of another kind than one’s work is not shown, and none of another site', async () => {
    await tell('access.break-glass', { institutionId: town });
    await tell('report.signed', { institutionId: lead });
    expect(await kinds('doctor1')).toEqual([]);
    await grant(hub, { staffId: await staffOf(hub, 'doctor1'), institutionId: lead, role: 'nurse' });
    expect(await kinds('doctor1'), 'where he works besides').toEqual(['report.signed']);
  });

  test('read by one is read for the whole site; who may not see it does not take it away', async () => {
    const { id } = await tell('report.signed', { institutionId: town });
    for (const name of ['doctor2', 'radiologist1', 'admin1'])
      expect(said(await as(name).post(`/api/notifications/${id}/read`)), name).toBe('200');
    expect(await readAt(id)).toBeNull();
    await as('nurse1').post(`/api/notifications/${id}/read`);
    expect(await readAt(id)).not.toBeNull();
    expect(await kinds('doctor1')).toEqual([]);
  });
});

describe('a notice to a person', () => {
  test('is his alone, of whatever kind, and read by him alone', async () => {
    const { id } = await tell('access.review-overdue', { staffId: await staffOf(hub, 'regulator1') });
    expect(await kinds('regulator1')).toEqual(['access.review-overdue']);
    for (const name of ['qa1', 'doctor1', 'admin1']) {
      expect(await kinds(name)).toEqual([]);
      await as(name).post(`/api/notifications/${id}/read`);
    }
    expect(await readAt(id)).toBeNull();
    await as('regulator1').post(`/api/notifications/${id}/read`);
    expect(await kinds('regulator1')).toEqual([]);
    expect(said(await as('regulator1').post(`/api/notifications/${NOWHERE}/read`))).toBe('200');
    expect(said(await as('regulator1').post('/api/notifications/x/read'))).toMatch(/^400/);
  });

  test('to a person and his site is not the site’s', async () => {
    await tell('report.signed', { staffId: await staffOf(hub, 'nurse1'), institutionId: town });
    expect(await kinds('doctor1')).toEqual([]);
    expect(await kinds('nurse1')).toEqual(['report.signed']);
  });

  test('stands newest first, a hundred at most', async () => {
    const staffId = await staffOf(hub, 'courier1');
    await hub.ctx.db
      .insertInto('notification')
      .values(
        Array.from({ length: 105 }, (_, n) => ({
          kind: `n${n}`,
          staffId,
          createdAt: new Date(Date.now() + n * 1_000),
        })),
      )
      .execute();
    const shown = await kinds('courier1');
    expect(shown).toHaveLength(100);
    expect(shown.slice(0, 2)).toEqual(['n104', 'n103']);
  });
});

describe('tickets', () => {
  let ours: string, theirs: string, cluster: string, inCluster: string;
  beforeAll(async () => {
    const open = (values: { institutionId?: string; state?: string; clusterId?: string; title: string }) =>
      hub.ctx.db
        .insertInto('ticket')
        .values({ kind: 'manual', ...values })
        .returning('id')
        .executeTakeFirstOrThrow();
    ours = (await open({ institutionId: town, title: '柳河' })).id;
    theirs = (await open({ institutionId: lead, title: '县医院', state: 'closed' })).id;
    cluster = (await open({ institutionId: town, title: '一簇' })).id;
    inCluster = (await open({ institutionId: town, title: '其中之一', clusterId: cluster })).id;
  });
  const list = async (name: string, query = '') =>
    ((await as(name).get(`/api/tickets${query}`)).body.items as { id: string }[]).map(({ id }) => id);

  test('are those of the own sites; quality staff see the county, others none', async () => {
    expect(new Set(await list('nurse1'))).toEqual(new Set([ours, cluster]));
    expect(await list('doctor2')).toEqual([]);
    expect(await list('clinician1')).toEqual([theirs]);
    expect(new Set(await list('qa1'))).toEqual(new Set([ours, cluster, theirs]));
    for (const name of ['courier1', 'admin1', 'regulator1'])
      expect(said(await as(name).get('/api/tickets')), name).toBe('403 forbidden');
  });

  test('are narrowed by state, and those of a cluster stand behind it', async () => {
    expect(await list('qa1', '?state=closed')).toEqual([theirs]);
    expect(await list('qa1', `?cluster=${cluster}`)).toEqual([inCluster]);
    expect(await list('doctor2', `?cluster=${cluster}`), 'of another site').toEqual([]);
    expect((await list('qa1')).at(-1), 'closed ones last').toBe(theirs);
    expect(said(await as('qa1').get('/api/tickets?state=lost'))).toMatch(/^400 invalid state/);
  });

  test('a notice about one says what it is about', async () => {
    await tell('ticket.opened', { institutionId: town, body: JSON.stringify({ ticketId: ours }) });
    await tell('ticket.opened', { institutionId: town, body: JSON.stringify({ ticketId: NOWHERE }) });
    const shown = await unread('nurse1');
    expect(shown.map(({ ticket }) => ticket?.id).filter(Boolean)).toEqual([ours]);
  });
});
