/** Synthetic print-outs in the manner of common machines: for the demo county and for tests. */
export interface SteamRun {
  cycleNumber: number;
  programme: string;
  /** Device time `YYYY-MM-DDTHH:mm:ss`. */
  startedAt: string;
  holdS: number;
  setC?: number;
  failed?: boolean;
}

export function steamPrintOut(run: SteamRun): string {
  const setC = run.setC ?? 134;
  const start = Date.parse(`${run.startedAt}Z`);
  const clock = (s: number) => new Date(start + s * 1000).toISOString().slice(11, 19);
  const samples: [number, number, number][] = [];
  let s = 0;
  const push = (seconds: number, temperature: number, pressure: number) => {
    samples.push([s, temperature, pressure]);
    s += seconds;
  };
  for (let pulse = 0; pulse < 3; pulse += 1) {
    for (const [temperature, pressure] of [
      [60 + pulse * 12, 12],
      [96 + pulse * 6, 110],
      [104 + pulse * 4, 160],
    ] as const)
      push(60, temperature, pressure);
  }
  for (let temperature = 112; temperature < setC; temperature += 4)
    push(20, temperature, 150 + (temperature - 112) * 3);
  const exposureFrom = s;
  const wave = (at: number) => setC + 0.6 + 0.5 * Math.sin(at / 40);
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at <= run.holdS; at += 10) {
    const temperature = Math.round(wave(at) * 10) / 10;
    low = Math.min(low, temperature);
    high = Math.max(high, temperature);
    push(at === run.holdS ? 20 : 10, temperature, Math.round((208 + (temperature - setC) * 5) * 10) / 10);
  }
  for (let step = 0; step < 12; step += 1) push(60, setC - 20 - step * 5, step < 2 ? 90 - step * 40 : 8);
  const mmss = (seconds: number) =>
    `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return [
    '******脉动真空灭菌器******',
    `日期: ${run.startedAt.slice(0, 10)}`,
    `锅次: ${run.cycleNumber}`,
    `程序: ${run.programme}`,
    `开始时间: ${clock(0)}`,
    '时间      温度℃   压力kPa',
    ...samples.map(
      ([at, temperature, pressure]) => `${clock(at)}  ${temperature.toFixed(1)}  ${pressure.toFixed(1)}`,
    ),
    `灭菌开始: ${clock(exposureFrom)}`,
    `灭菌时间: ${mmss(run.holdS)}`,
    `最低温度: ${low.toFixed(1)}`,
    `最高温度: ${high.toFixed(1)}`,
    `最低压力: 208.0`,
    `最高压力: 213.5`,
    `结束时间: ${clock(s)}`,
    `结果: ${run.failed ? '不合格' : '合格'}`,
    '******打印结束******',
    '',
  ].join('\r\n');
}
