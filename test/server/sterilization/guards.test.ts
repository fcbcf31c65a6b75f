import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STEPS } from '../../../server/sterilization/rules/steps.ts';
import { composePackCode } from '../../../server/sterilization/rules/packCode.ts';
import {
  bowieDick,
  GOOD_STEAM,
  move,
  newPacked,
  ok,
  packAll,
  PATIENT,
  PIN,
  refused,
  release,
  startSterileHub,
  sterilize,
  type SterileHub,
} from './helpers.ts';

let hub: SterileHub;
beforeAll(async () => {
  hub = await startSterileHub();
  await bowieDick(hub, 'S1');
});
afterAll(() => hub?.close());

test('the database and the code know the same steps', async () => {
  const rows = await hub.ctx.db.selectFrom('cssdStep').selectAll().execute();
  const inCode = Object.entries(STEPS).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`));
  expect(rows.map((row) => `${row.fromState} → ${row.toState}`).sort()).toEqual(inCode.sort());
});

test('unknown, double, foreign and twice-scanned barcodes are told apart', async () => {
  const { cssd } = hub;
  const [code] = await newPacked(hub, 'DRESSING', 1);
  const foreign = composePackCode('00000000-0000-0000-0000-000000000000', '2026-11-22', 1);
  for (const [scan, type] of [
    ['P9999999999999', 'foreign-pack'],
    [foreign, 'foreign-pack'],
    ['6901234567892', 'unknown-barcode'],
    [`${code}${code}`, 'double-barcode'],
    ['T-DRESSING-01', 'no-open-pack'],
    [']d20106901234567893', 'gs1-code'],
  ])
    expect(
      (
        await refused(cssd, 'start-load', {
          machine: 'S1',
          programme: 'S134',
          codes: [scan],
          biologicalLot: 'B',
        })
      ).type,
      String(scan),
    ).toBe(type);
  expect(
    (
      await refused(cssd, 'start-load', {
        machine: 'S1',
        programme: 'S134',
        codes: [code, code],
        biologicalLot: 'B',
      })
    ).type,
  ).toBe('scanned-twice');
});

test('the same tray never lies in two loads', async () => {
  const { cssd } = hub;
  await ok(cssd, 'begin-new', { tray: 'T-DRESSING-02' });
  expect((await refused(cssd, 'begin-new', { tray: 'T-DRESSING-02' })).type).toBe('tray-already-circulating');
  await packAll(hub, ['T-DRESSING-02']);
  const first = await ok(cssd, 'start-load', {
    machine: 'S1',
    programme: 'S134',
    codes: ['T-DRESSING-02'],
    biologicalLot: 'B',
  });
  await bowieDick(hub, 'S2');
  expect(
    (
      await refused(cssd, 'start-load', {
        machine: 'S2',
        programme: 'S134',
        codes: ['T-DRESSING-02'],
        biologicalLot: 'B',
      })
    ).type,
  ).toBe('step-already-done');
  expect(
    (
      await refused(cssd, 'start-load', {
        machine: 'S1',
        programme: 'S134',
        codes: ['T-DRESSING-02'],
        biologicalLot: 'B',
      })
    ).type,
  ).toMatch(/machine-running|step-already-done/);
  await ok(cssd, 'record-cycle', { loadId: first.id, parameters: GOOD_STEAM });
});

test('a failed cycle is not released and its packs are processed again', async () => {
  const [code] = await newPacked(hub, 'DRESSING', 1);
  const load = await ok(hub.cssd, 'start-load', { machine: 'S1', programme: 'S134', codes: [code] });
  const cycle = await ok(hub.cssd, 'record-cycle', {
    loadId: load.id,
    parameters: { ...GOOD_STEAM, holdS: 200 },
  });
  expect(cycle).toMatchObject({
    outcome: 'fail',
    findings: [{ parameter: 'holdS', problem: 'below', value: 200, limit: 240 }],
  });
  expect((await refused(hub.releaser, 'release', { loadId: load.id, pin: PIN })).type).toBe(
    'physical-failed',
  );
  const next = await ok(hub.cssd, 'reprocess', { codes: [code] });
  expect(next.packs[0].from).toBe(code);
  expect((await refused(hub.cssd, 'reprocess', { codes: [code] })).type).toBe('already-returned');
});

test('cotton in a store that is too warm keeps 7 days; an expired pack is neither dispatched nor used', async () => {
  const { cssd, nurse } = hub;
  const [here, there] = await newPacked(hub, 'BOWL-SET', 2);
  await ok(cssd, 'daily-check', {
    kind: 'climate',
    place: '无菌物品存放区',
    measured: { temperatureC: 26, humidityPercent: 60 },
    action: '已报修空调',
  });
  await release(hub, await sterilize(hub, 'S1', [here!, there!]));
  const pack = (await cssd.get(`/api/sterilization/packs/${here}`)).body;
  expect((Date.parse(pack.expiresOn) - Date.parse(pack.sterilizedOn)) / 86_400_000).toBe(7);
  await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [there] });
  await ok(nurse, 'receive', { packs: [{ code: there }] });
  await move(hub, 8 * 24 * 60);
  expect((await refused(cssd, 'dispatch', { to: 'LIUHE', codes: [here] })).type).toBe('expired');
  expect((await refused(nurse, 'use', { code: there, patient: PATIENT, innerIndicator: 'pass' })).type).toBe(
    'expired',
  );
  // …and not by going round the code either.
  await expect(
    sql`insert into cssd_use (pack_id, load_id, expires_on, patient_id, institution_id, used_at, used_by, inner_outcome)
      select p.id, p.load_id, p.expires_on, gen_random_uuid(), p.location_id, now() + interval '9 days', p.packed_by, 'pass' from cssd_pack p where code = ${there}`.execute(
      hub.ctx.db,
    ),
  ).rejects.toThrow(/cssd_use_expired|cssd_use_patient/);
  await ok(nurse, 'reject', { code: there, defect: 'expired' });
  await move(hub, -8 * 24 * 60);
});

test('wet at receipt or a failed inner indicator: not used, goes back', async () => {
  const { cssd, nurse } = hub;
  const [wet, fine] = await newPacked(hub, 'DRESSING', 2);
  await release(hub, await sterilize(hub, 'S1', [wet!, fine!]));
  await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [wet, fine] });
  expect(
    await ok(nurse, 'receive', { packs: [{ code: wet, condition: 'wet' }, { code: fine }] }),
  ).toMatchObject({ rejected: [{ code: wet, condition: 'wet' }] });
  expect(await ok(nurse, 'use', { code: fine, innerIndicator: 'fail' })).toMatchObject({ used: false });
  expect((await cssd.get(`/api/sterilization/packs/${fine}`)).body.state).toBe('reprocess');
});

test('unused sterile packs and dirty sets go back apart', async () => {
  const { cssd, nurse } = hub;
  const [code] = await newPacked(hub, 'DRESSING', 1);
  await release(hub, await sterilize(hub, 'S1', [code!]));
  await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [code] });
  expect((await refused(nurse, 'declare-return', { lines: [{ code }] })).type).toBe('dirty-and-sterile');
  await ok(nurse, 'receive', { packs: [{ code }] });
  expect(await ok(nurse, 'return-unused', { codes: [code], reason: 'not-needed' })).toMatchObject({
    packs: 1,
  });
  expect((await refused(cssd, 'store', { codes: [code], shelf: 'A-01' })).status).toBe(409); // never back into the sterile store
  await expect(
    sql`insert into cssd_transfer_pack (transfer_id, kind, pack_id, dispatched_on, load_id, release_id, expires_on)
      select t.id, 'dirty', p.id, current_date, p.load_id, p.release_id, p.expires_on from cssd_transfer t, cssd_pack p where t.kind = 'unused' and p.code = ${code} limit 1`.execute(
      hub.ctx.db,
    ),
  ).rejects.toThrow(/cssd_transfer|dirty transfer/);
});

test('the infectious route is forced: pre-treatment first, own programme', async () => {
  const { cssd, nurse, courier } = hub;
  const declared = await ok(nurse, 'declare-return', {
    infectious: 'gas-gangrene',
    lines: [{ setTypeCode: 'DEBRIDE', quantity: 1, missing: 1 }],
  });
  const { packs } = await ok(courier, 'collect', { returnNumber: declared.number });
  const code = packs[0].code;
  expect(await refused(cssd, 'count', { code })).toMatchObject({
    type: 'step-missing',
    missing: ['pretreated'],
  });
  await ok(cssd, 'pretreat', { code, agent: '含氯消毒剂 5000 mg/L', minutes: 60 });
  expect(
    (
      await cssd.post('/api/sterilization/count', {
        code,
        lines: [{ instrumentTypeCode: 'FORCEPS-MOSQ', expected: 2, found: 1 }],
      })
    ).body.type,
  ).toBe('discrepancy-missing');
  await ok(cssd, 'count', {
    code,
    lines: [{ instrumentTypeCode: 'FORCEPS-MOSQ', expected: 2, found: 1, discrepancy: 'missing' }],
  });
  expect((await refused(cssd, 'start-wash', { machine: 'W1', programme: 'P1', codes: [code] })).type).toBe(
    'infectious-route',
  );
  const wash = await ok(cssd, 'start-wash', { machine: 'W1', programme: 'P9', codes: [code] });
  expect(await ok(cssd, 'end-wash', { washLoadId: wash.id, parameters: { a0: 2990 } })).toMatchObject({
    outcome: 'fail',
    again: 1,
  });
  expect((await cssd.get(`/api/sterilization/packs/${code}`)).body.state).toBe('counted');
});

test('a vendor set needs its receipt, and goes back complete or with its reason', async () => {
  const { cssd } = hub;
  const receipt = {
    tray: 'LOAN-77',
    setTypeCode: 'SPINE-LOAN',
    vendor: '演示医疗',
    surgeryAt: new Date(Date.now() + 6 * 3_600_000).toISOString(),
    instructions: '手工刷洗管腔,134℃ 4 min',
    weightG: 7600,
    countIn: 42,
  };
  expect((await ok(cssd, 'receive-loaner', receipt)).warnings).toEqual(['lead-time-short', 'too-heavy']);
  await ok(cssd, 'begin-new', { tray: 'LOAN-77' });
  await ok(cssd, 'count', { code: 'LOAN-77' });
  expect((await refused(cssd, 'return-loaner', { tray: 'LOAN-77', countOut: 41 })).type).toBe('invalid');
  expect(
    await ok(cssd, 'return-loaner', { tray: 'LOAN-77', countOut: 41, discrepancy: '螺钉 1 枚已植入' }),
  ).toMatchObject({ complete: false });
});

test('plasma goods stay out of the steam sterilizer, implants are read from their UDI', async () => {
  const { cssd } = hub;
  const [scope] = await newPacked(hub, 'LAP-SCOPE', 1);
  expect((await refused(cssd, 'start-load', { machine: 'S1', programme: 'S134', codes: [scope] })).type).toBe(
    'wrong-method',
  );
  const begun = await ok(cssd, 'begin-new', { setTypeCode: 'BONE-PLATE' });
  const code = begun.packs[0].code;
  await ok(cssd, 'count', { code });
  const wash = await ok(cssd, 'start-wash', { machine: 'W2', programme: 'P1', codes: [code] });
  await ok(cssd, 'end-wash', { washLoadId: wash.id, parameters: { a0: 650 } });
  await ok(cssd, 'dry', { codes: [code] });
  expect(
    (await refused(cssd, 'inspect', { code, instruments: ['(01)06901234567892(17)200131(10)OLD'] })).type,
  ).toBe('expired');
  await ok(cssd, 'inspect', { code, instruments: [']d20106901234567892172812311' + '0LOT7\u001d21S42'] });
  const trace = (
    await cssd.get(`/api/sterilization/trace?code=${encodeURIComponent('(01)06901234567892(10)LOT7')}`)
  ).body;
  expect(trace).toMatchObject({ subject: { kind: 'implant' }, packs: [{ code }] });
});

test('a site sees its own: not the packs, loads or patients of others', async () => {
  const village = await hub.as('village1');
  const [code] = await newPacked(hub, 'DRESSING', 1);
  expect((await village.get(`/api/sterilization/packs/${code}`)).status).toBe(404);
  expect((await village.get(`/api/sterilization/trace?code=${code}`)).status).toBe(404);
  expect((await hub.nurse.get('/api/sterilization/loads')).status).toBe(403);
  expect((await hub.nurse.post('/api/sterilization/release', {})).status).toBe(403);
  expect((await hub.courier.get('/api/sterilization/returns')).status).toBe(200);
  expect((await fetch(`${hub.url}/api/sterilization/board`)).status).toBe(401);
});

test('board, figures and every ledger answer', async () => {
  const { cssd } = hub;
  const board = (await cssd.get('/api/sterilization/board')).body;
  expect(board.machines.map((machine: { code: string }) => machine.code)).toEqual([
    'W1',
    'W2',
    'H1',
    'S1',
    'S2',
  ]);
  const figures = (await cssd.get('/api/sterilization/figures')).body;
  expect(
    figures.figures.find((figure: { code: string }) => figure.code === 'sterilization-pass').value,
  ).toBeLessThan(100);
  expect(figures.townships.length).toBeGreaterThan(0);
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  for (const kind of [
    'wash',
    'sterilization',
    'bowie-dick',
    'biological',
    'dispatch',
    'recall',
    'daily-check',
    'loaner',
  ]) {
    const answer = await cssd.get(`/api/sterilization/ledgers/${kind}?from=${today}&to=${today}`);
    expect(answer.body.subarray(0, 5).toString(), kind).toBe('%PDF-');
  }
});

test('a set type saved again is a new version; packs keep theirs', async () => {
  const head = await hub.as('head1');
  const body = {
    code: 'DRESSING',
    name: '换药包',
    material: 'NONWOVEN',
    method: 'steam',
    priceFen: 950,
    contents: [{ instrumentTypeCode: 'TWEEZER-PL', quantity: 2 }],
  };
  expect(await ok(head, 'save-set-type', body)).toMatchObject({ version: 2 });
  expect(
    (
      await refused(head, 'save-set-type', {
        ...body,
        contents: [{ instrumentTypeCode: 'NO-SUCH', quantity: 1 }],
      })
    ).type,
  ).toBe('invalid');
  expect((await refused(hub.cssd, 'save-set-type', body)).status).toBe(403);
});

test('a second person is a person who may: not anybody whose name is known', async () => {
  const { cssd } = hub;
  const { packs } = await ok(cssd, 'begin-new', { setTypeCode: 'GAUZE-PACK' });
  const code = packs[0].code;
  await ok(cssd, 'count', { code });
  await ok(cssd, 'inspect', { code });
  for (const checkedBy of ['nurse1', 'lab1', 'nobody'])
    expect((await refused(cssd, 'pack', { code, checkedBy })).status, checkedBy).toBe(422);
  await ok(cssd, 'pack', { code, checkedBy: 'cssd2' });
});

test('indicators are read after the cycle, a test result belongs to its own run', async () => {
  const { cssd } = hub;
  const [code] = await newPacked(hub, 'DRESSING', 1);
  const load = await ok(cssd, 'start-load', { machine: 'S1', programme: 'S134', codes: [code] });
  for (const kind of ['outer-chemical', 'biological'])
    expect(
      (await refused(cssd, 'record-indicator', { loadId: load.id, kind, outcome: 'pass', control: 'growth' }))
        .type,
    ).toBe('cycle-not-ended');
  expect(
    (
      await refused(cssd, 'record-test', {
        machine: 'S1',
        kind: 'bowie-dick',
        outcome: 'pass',
        loadId: load.id,
      })
    ).type,
  ).toBe('invalid');
  await ok(cssd, 'record-cycle', { loadId: load.id, parameters: GOOD_STEAM });
});

test('a pack that stands at a site is not processed again at the centre, a foreign one is named at a site too', async () => {
  const { cssd, nurse } = hub;
  const [code] = await newPacked(hub, 'DRESSING', 1);
  await release(hub, await sterilize(hub, 'S1', [code!]));
  await ok(cssd, 'dispatch', { to: 'LIUHE', codes: [code] });
  expect((await refused(cssd, 'reprocess', { codes: [code] })).type).toBe('pack-elsewhere');
  await ok(nurse, 'receive', { packs: [{ code }] });
  expect((await refused(cssd, 'reprocess', { codes: [code] })).type).toBe('pack-elsewhere');
  const foreign = composePackCode('00000000-0000-0000-0000-000000000000', '2026-11-22', 2);
  expect((await refused(nurse, 'receive', { packs: [{ code: foreign }] })).type).toBe('foreign-pack');
});

test('an infectious set shares no wash load', async () => {
  const { cssd, nurse, courier } = hub;
  const declared = await ok(nurse, 'declare-return', {
    infectious: 'prion',
    lines: [{ setTypeCode: 'DEBRIDE', quantity: 1 }],
  });
  const { packs } = await ok(courier, 'collect', { returnNumber: declared.number });
  await ok(cssd, 'pretreat', { code: packs[0].code, agent: 'NaOH 1 mol/L', minutes: 60 });
  await ok(cssd, 'count', { code: packs[0].code });
  const plain = (await ok(cssd, 'begin-new', { setTypeCode: 'DEBRIDE' })).packs[0].code;
  await ok(cssd, 'count', { code: plain });
  expect(
    (await refused(cssd, 'start-wash', { machine: 'W1', programme: 'P9', codes: [packs[0].code, plain] }))
      .type,
  ).toBe('infectious-mixed');
});

test('the wards of the lead hospital are served like a site', async () => {
  const { cssd } = hub;
  const [code] = await newPacked(hub, 'DRESSING', 1);
  await release(hub, await sterilize(hub, 'S1', [code!]));
  expect(await ok(cssd, 'dispatch', { to: 'QHRM', codes: [code] })).toMatchObject({ packs: 1 });
});

test('the database takes no release that hides implants, whoever writes it', async () => {
  const { rows } = await sql<{ loadId: string; indicator: string; staff: string }>`
    select r.load_id, r.outer_indicator_id as indicator, r.released_by as staff from cssd_release r limit 1`.execute(
    hub.ctx.db,
  );
  const { loadId, indicator, staff } = rows[0]!;
  await expect(
    hub.ctx.db.transaction().execute(async (trx) => {
      await sql`alter table cssd_release disable trigger cssd_release_guard`.execute(trx);
      await sql`update cssd_load set has_implant = true where id = ${loadId}`.execute(trx);
      await sql`insert into cssd_release (load_id, kind, has_implant, biological_required, physical_outcome, outer_indicator_id, outer_outcome, released_by, document_sha256, record_sha256)
        values (${loadId}, 'normal', false, false, 'pass', ${indicator}, 'pass', ${staff}, '', '')`.execute(
        trx,
      );
    }),
  ).rejects.toThrow('the load carries implants');
});
