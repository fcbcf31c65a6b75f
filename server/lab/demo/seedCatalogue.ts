import { SYSTEM } from '../../core/access/actor.ts';
import type { Transaction } from '../../core/database.ts';
import { snapshotCatalogue } from '../catalogue/snapshot.ts';
import { INSTRUMENTS, PANELS, REJECTION_REASONS, TESTS, TUBES, type TestData } from './catalogueData.ts';

/** Tubes, tests, ranges, panels, reasons and analyzers of the demo laboratory. */
export async function seedCatalogue(trx: Transaction, laboratoryId: string): Promise<void> {
  await trx
    .insertInto('labTubeType')
    .values(
      TUBES.map(([code, name, nameEn, color, colorName, additive, specimenType, volumeMl, drawOrder]) => ({
        code,
        name,
        nameEn,
        color,
        colorName,
        additive,
        specimenType,
        volumeMl,
        drawOrder,
      })),
    )
    .execute();
  await trx
    .insertInto('labRejectionReason')
    .values(REJECTION_REASONS.map(([code, name, nameEn], position) => ({ code, name, nameEn, position })))
    .execute();
  const specimenOf = new Map(TUBES.map(([code, , , , , , specimen]) => [code, specimen]));
  await trx
    .insertInto('labTest')
    .values(
      TESTS.map((test) => ({
        code: test.code,
        name: test.name,
        nameEn: test.en,
        resultKind:
          test.code === 'BCULT'
            ? 'culture'
            : test.formula
              ? 'calculated'
              : test.choices
                ? 'choice'
                : 'numeric',
        formula: test.formula ?? null,
        choices: test.choices ?? [],
        abnormalChoices: test.abnormal ?? [],
        specimenType: specimenOf.get(test.tube) ?? '血清',
        tubeCode: test.tube,
        volumeUl: test.ul,
        loinc: test.loinc,
        unit: test.unit,
        ucum: test.ucum ?? test.unit,
        method: test.method,
        decimals: test.decimals,
        bench: test.bench,
        measuringLow: test.measuring?.[0] ?? null,
        measuringHigh: test.measuring?.[1] ?? null,
        wholeBloodStabilityMinutes: test.stability?.[0] ?? null,
        stabilityMinutes: test.stability?.[1] ?? null,
        transportMinCelsius: test.tube === 'CIT' ? null : 1,
        transportMaxCelsius: 30,
        deltaPercent: test.delta?.[0] ?? null,
        deltaHours: test.delta?.[1] ?? null,
        teaPercent: test.tea ?? null,
        cvLimitPercent: test.cv ?? null,
        sensitive: test.sensitive ?? false,
        reactiveText: test.reactive ?? null,
        printOrder: test.order,
      })),
    )
    .execute();
  const ranges = TESTS.flatMap(rangesOf);
  await trx.insertInto('labReferenceRange').values(ranges).execute();
  await trx
    .insertInto('catalogueItem')
    .values(
      Object.entries(PANELS).map(([code, panel]) => ({
        code,
        centerKind: 'lab' as const,
        name: panel.name,
        nameEn: panel.en,
        itemClass: panel.itemClass,
        reportGroup: panel.group,
        price: panel.price,
      })),
    )
    .onConflict((oc) => oc.doNothing())
    .execute();
  await trx
    .insertInto('labPanelTest')
    .values(
      Object.entries(PANELS).flatMap(([panelCode, panel]) =>
        panel.tests.map((testCode, position) => ({ panelCode, testCode, position })),
      ),
    )
    .execute();
  for (const one of INSTRUMENTS) {
    const { id } = await trx
      .insertInto('labInstrument')
      .values({
        code: one.code,
        name: one.name,
        nameEn: one.nameEn,
        model: one.model,
        institutionId: laboratoryId,
        bench: one.bench,
        driver: one.driver,
        protocol: one.protocol,
        sender: one.sender,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('labInstrumentTest')
      .values(
        one.tests.map((testCode) => ({
          instrumentId: id,
          instrumentCode: testCode,
          testCode,
          ...one.units?.[testCode],
        })),
      )
      .execute();
    await trx
      .insertInto('device')
      .values({
        kind: 'analyzer',
        name: one.name,
        institutionId: laboratoryId,
        hl7Sender: one.sender,
        address: '127.0.0.1',
        state: 'admitted',
      })
      .execute();
  }
  await snapshotCatalogue(trx, SYSTEM, '演示目录');
}

function rangesOf(test: TestData) {
  const row = (sex: 'M' | 'F' | null, limits: [number | null, number | null] | undefined) => ({
    testCode: test.code,
    sex,
    low: limits?.[0] ?? null,
    high: limits?.[1] ?? null,
    normalText: test.normal ?? null,
    criticalLow: test.critical?.[0] ?? null,
    criticalHigh: test.critical?.[1] ?? null,
  });
  if (test.male && test.female) return [row('M', test.male), row('F', test.female)];
  return test.range || test.normal ? [row(null, test.range)] : [];
}
