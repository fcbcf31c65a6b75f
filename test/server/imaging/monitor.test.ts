import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';

let hub: TestHub;
let reader: Client;
const good = {
  dark: true,
  bright: true,
  steps: true,
  lines: true,
  letters: true,
  geometry: true,
  clean: true,
};
const screen = { widthPx: 2048, heightPx: 1536, pixelRatio: 1, colorDepthBits: 24 };
const path = '/api/imaging/monitor-checks';

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  reader = await hub.as('radiologist1');
});
afterAll(() => hub.close());

describe('the check of a display', () => {
  test('passes when everything was seen and names workstation, person and time', async () => {
    const made = await reader.post(path, { workstation: ' CT-2 ', display: '左屏', screen, answers: good });
    expect(made).toMatchObject({ status: 201, body: { passed: true } });
    const { body } = await reader.get(path);
    expect(body.items[0]).toMatchObject({
      workstation: 'CT-2',
      display: '左屏',
      passed: true,
      checkedByName: '陈思远',
      newest: true,
    });
  });
  test('fails by one "no" and then needs a note', async () => {
    const failed = { workstation: 'CT-2', display: '左屏', screen, answers: { ...good, dark: false } };
    expect((await reader.post(path, failed)).status).toBe(422);
    const made = await reader.post(path, { ...failed, note: '已报修' });
    expect(made).toMatchObject({ status: 201, body: { passed: false } });
    const { body } = await reader.get(path);
    expect(body.items.map((row: { newest: boolean }) => row.newest)).toEqual([true, false]);
  });
  test('is audited and cannot be changed', async () => {
    const audited = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('action')
      .where('action', '=', 'monitor.check')
      .execute();
    expect(audited).toHaveLength(2);
    await expect(hub.ctx.db.updateTable('monitorCheck').set({ passed: true }).execute()).rejects.toThrow(
      'append only',
    );
  });
  test('needs every answer and is for readers of images', async () => {
    const { clean: _clean, ...missing } = good;
    expect((await reader.post(path, { workstation: 'x', screen, answers: missing })).status).toBe(422);
    const stranger = await hub.as('tech1');
    expect((await stranger.post(path, { workstation: 'x', screen, answers: good })).status).toBe(403);
    const otherCenter = await hub.as('lab1');
    expect((await otherCenter.post(path, { workstation: 'x', screen, answers: good })).status).toBe(403);
  });
});
