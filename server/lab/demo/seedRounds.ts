import type { Context } from '../../core/context.ts';
import { enterEqa } from '../quality/enterEqa.ts';
import { openEqaRound } from '../quality/openEqaRound.ts';
import { scoreEqa } from '../quality/scoreEqa.ts';
import { actorOfStaff } from '../../core/access/actorOfStaff.ts';

const SAMPLES = ['2611', '2612', '2613', '2614', '2615'];
const CBC = ['WBC', 'RBC', 'HGB', 'HCT', 'MCV', 'PLT', 'NEUT%', 'LYMPH%'];
const TARGET: Record<string, number> = {
  WBC: 6.8,
  RBC: 4.5,
  HGB: 132,
  HCT: 40,
  MCV: 89,
  PLT: 215,
  'NEUT%': 60,
  'LYMPH%': 31,
};

/** 室间质评 of the demo: a provincial round of the blood count that was passed, and one of chemistry that is open. */
export async function seedRounds(ctx: Context): Promise<void> {
  const head = await actorOfStaff(ctx.db, 'head1');
  const technician = await actorOfStaff(ctx.db, 'lab1');
  const now = ctx.clock.now().getTime();
  const at = (days: number): Context => ({
    ...ctx,
    clock: { now: () => new Date(now + days * 86_400_000) },
  });
  const day = (days: number) => new Date(now + days * 86_400_000).toISOString().slice(0, 10);
  const passed = await openEqaRound(at(-60), head, {
    organizer: '省临床检验中心(演示)',
    scheme: '全血细胞计数',
    name: '第 2 次',
    range: 'province',
    dueAt: new Date(now - 45 * 86_400_000).toISOString(),
    samples: SAMPLES,
    testCodes: CBC,
  });
  const cells = SAMPLES.flatMap((sample, turn) =>
    CBC.map((testCode) => ({ sample, testCode, target: (TARGET[testCode] ?? 1) * (0.6 + turn * 0.2) })),
  );
  await enterEqa(at(-50), technician, passed.id, {
    results: cells.map(({ sample, testCode, target }, index) => ({
      sample,
      testCode,
      // One platelet count is out: four of five still pass.
      value: (
        target * (testCode === 'PLT' && sample === '2614' ? 1.31 : 1 + ((index % 5) - 2) / 100)
      ).toFixed(2),
    })),
    submit: true,
  });
  await scoreEqa(at(-30), head, passed.id, {
    scores: cells.map(({ sample, testCode, target }) => ({
      sample,
      testCode,
      target: Number(target.toFixed(2)),
      allowedPercent: testCode === 'PLT' ? 20 : 10,
    })),
    validFrom: day(-30),
    validTo: day(335),
  });
  await openEqaRound(at(-3), head, {
    organizer: '省临床检验中心(演示)',
    scheme: '常规化学',
    name: '第 3 次',
    range: 'province',
    dueAt: new Date(now + 12 * 86_400_000).toISOString(),
    samples: SAMPLES,
    testCodes: ['K', 'NA', 'CL', 'CA', 'GLU', 'UREA', 'CREA'],
  });
}
