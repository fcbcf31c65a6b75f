import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchRow } from './bench.ts';
import { benches } from './index.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'string' }, list: { type: 'boolean' } },
});
if (values.list) {
  for (const bench of benches) console.log(`${bench.name.padEnd(24)} ${bench.about}`);
  process.exit(0);
}
const wanted = values.only?.split(',');
const unknown = wanted?.filter((name) => !benches.some((bench) => bench.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}; see --list`);
  process.exit(2);
}
console.log(
  `${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
const rows: BenchRow[] = [];

/** A row is shown once, when it first stands; the file holds what has been measured so far. */
function report(row: BenchRow): void {
  if (rows.includes(row)) return;
  rows.push(row);
  const ratio = row.peer
    ? `${row.peer} ${row.peerValue === undefined ? 'skipped (not installed)' : row.peerValue.toPrecision(4)}${row.ratio === undefined ? '' : `, ratio ${row.ratio.toFixed(2)}`}`
    : '';
  console.log(
    `${row.name.padEnd(34)} ${row.value.toPrecision(4).padStart(10)} ${row.unit.padEnd(8)} [${row.spread.map((n) => n.toPrecision(3)).join('–')}] ${ratio.padEnd(44)} target ${row.target}: ${row.pass === null ? 'not compared' : row.pass ? 'pass' : 'FAIL'}`,
  );
  if (values.json) fs.writeFileSync(values.json, JSON.stringify(rows, null, 2));
}
for (const bench of benches.filter((candidate) => !wanted || wanted.includes(candidate.name)))
  (await bench.run(report)).forEach(report);
if (values.json) fs.writeFileSync(values.json, JSON.stringify(rows, null, 2));
process.exit(0);
