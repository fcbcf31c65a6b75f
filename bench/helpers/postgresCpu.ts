import fs from 'node:fs';
import path from 'node:path';

/** Processor seconds that the embedded PostgreSQL of a hub has used so far (Linux; elsewhere undefined). */
export function postgresCpu(folder: string): number | undefined {
  const file = [path.join(folder, 'postgres', 'pgdata'), path.join(folder, 'pgdata')]
    .map((data) => path.join(data, 'postmaster.pid'))
    .find((one) => fs.existsSync(one));
  if (!file || !fs.existsSync('/proc/self/stat')) return undefined;
  const postmaster = Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
  let ticks = 0;
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(name);
    if (!stat) continue;
    if (Number(name) === postmaster) ticks += sum(stat.slice(11, 15));
    else if (Number(stat[1]) === postmaster) ticks += sum(stat.slice(11, 13));
  }
  return ticks / 100;
}

/** Fields behind the command: state, parent, … user and system ticks of itself, then of children that ended. */
function readStat(pid: string): string[] | undefined {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // ended meanwhile
  }
}

const sum = (fields: string[]): number => fields.reduce((total, field) => total + Number(field), 0);
