import type { SynopticDefinition, SynopticValues } from './definition.ts';

/** pTNM and stage group by AJCC, 8th edition. `group` is null where the elements do not give it. */
export interface Stage {
  t: string;
  n: string;
  m: string;
  group: string | null;
}

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The category of a count or size: the first whose upper limit it does not exceed. */
function category(value: number, steps: [upTo: number, name: string][]): string {
  return steps.find(([upTo]) => value <= upTo)?.[1] ?? steps.at(-1)?.[1] ?? '';
}

const mOf = (values: SynopticValues) => text(values.metastasis) || 'M0';

function stomach(values: SynopticValues): Stage | null {
  const t = text(values.invasion);
  const nodes = number(values.nodesPositive);
  if (!t || nodes === undefined) return null;
  const n = category(nodes, [
    [0, 'N0'],
    [2, 'N1'],
    [6, 'N2'],
    [15, 'N3a'],
    [Infinity, 'N3b'],
  ]);
  const m = mOf(values);
  const groups: Record<string, Record<string, string>> = {
    Tis: { N0: '0' },
    T1: { N0: 'IA', N1: 'IB', N2: 'IIA', N3a: 'IIB', N3b: 'IIIB' },
    T2: { N0: 'IB', N1: 'IIA', N2: 'IIB', N3a: 'IIIA', N3b: 'IIIB' },
    T3: { N0: 'IIA', N1: 'IIB', N2: 'IIIA', N3a: 'IIIB', N3b: 'IIIC' },
    T4a: { N0: 'IIB', N1: 'IIIA', N2: 'IIIA', N3a: 'IIIB', N3b: 'IIIC' },
    T4b: { N0: 'IIIA', N1: 'IIIB', N2: 'IIIB', N3a: 'IIIC', N3b: 'IIIC' },
  };
  const row = groups[t.startsWith('T1') ? 'T1' : t];
  return { t, n, m, group: m === 'M1' ? 'IV' : (row?.[n] ?? null) };
}

function colorectum(values: SynopticValues): Stage | null {
  const t = text(values.invasion);
  const nodes = number(values.nodesPositive);
  if (!t || nodes === undefined) return null;
  const deposits = nodes === 0 && text(values.tumourDeposits) === 'present';
  const n = deposits
    ? 'N1c'
    : category(nodes, [
        [0, 'N0'],
        [1, 'N1a'],
        [3, 'N1b'],
        [6, 'N2a'],
        [Infinity, 'N2b'],
      ]);
  const m = mOf(values);
  const distant: Record<string, string> = { M1: 'IV', M1a: 'IVA', M1b: 'IVB', M1c: 'IVC' };
  const n1 = n.startsWith('N1');
  const groups: Record<string, string | undefined> =
    n === 'N0'
      ? { Tis: '0', T1: 'I', T2: 'I', T3: 'IIA', T4a: 'IIB', T4b: 'IIC' }
      : n1
        ? { T1: 'IIIA', T2: 'IIIA', T3: 'IIIB', T4a: 'IIIB', T4b: 'IIIC' }
        : n === 'N2a'
          ? { T1: 'IIIA', T2: 'IIIB', T3: 'IIIB', T4a: 'IIIC', T4b: 'IIIC' }
          : { T1: 'IIIB', T2: 'IIIB', T3: 'IIIC', T4a: 'IIIC', T4b: 'IIIC' };
  return { t, n, m, group: distant[m] ?? groups[t] ?? null };
}

function lungT(values: SynopticValues): string | null {
  const extent = text(values.extent);
  if (extent === 'in-situ') return 'Tis';
  if (extent === 'minimally-invasive') return 'T1mi';
  const size = number(values.sizeCm);
  if (size === undefined) return null;
  const bySize = category(size, [
    [1, 'T1a'],
    [2, 'T1b'],
    [3, 'T1c'],
    [4, 'T2a'],
    [5, 'T2b'],
    [7, 'T3'],
    [Infinity, 'T4'],
  ]);
  const byExtent: Record<string, string> = {
    'visceral-pleura': 'T2a',
    'main-bronchus': 'T2a',
    'parietal-pleura': 'T3',
    'nodule-same-lobe': 'T3',
    mediastinum: 'T4',
    'nodule-other-lobe': 'T4',
  };
  const order = ['T1a', 'T1b', 'T1c', 'T2a', 'T2b', 'T3', 'T4'];
  const other = byExtent[extent];
  return other && order.indexOf(other) > order.indexOf(bySize) ? other : bySize;
}

function lung(values: SynopticValues): Stage | null {
  const t = lungT(values);
  const n = text(values.nodes);
  if (!t || !n) return null;
  const m = mOf(values);
  const distant: Record<string, string> = { M1a: 'IVA', M1b: 'IVA', M1c: 'IVB' };
  const groups: Record<string, Record<string, string>> = {
    N0: {
      Tis: '0',
      T1mi: 'IA1',
      T1a: 'IA1',
      T1b: 'IA2',
      T1c: 'IA3',
      T2a: 'IB',
      T2b: 'IIA',
      T3: 'IIB',
      T4: 'IIIA',
    },
    N1: { T1a: 'IIB', T1b: 'IIB', T1c: 'IIB', T2a: 'IIB', T2b: 'IIB', T3: 'IIIA', T4: 'IIIA' },
    N2: { T1a: 'IIIA', T1b: 'IIIA', T1c: 'IIIA', T2a: 'IIIA', T2b: 'IIIA', T3: 'IIIB', T4: 'IIIB' },
    N3: { T1a: 'IIIB', T1b: 'IIIB', T1c: 'IIIB', T2a: 'IIIB', T2b: 'IIIB', T3: 'IIIC', T4: 'IIIC' },
  };
  return { t, n, m, group: distant[m] ?? groups[n]?.[t] ?? null };
}

/** Anatomic stage; the prognostic stage needs more than this form asks. */
function breast(values: SynopticValues): Stage | null {
  const extent = text(values.extent);
  const size = number(values.invasiveSizeMm);
  const nodes = number(values.nodesPositive);
  if (nodes === undefined) return null;
  const t =
    extent === 'in-situ'
      ? 'Tis'
      : extent === 'chest-wall-or-skin'
        ? 'T4'
        : size === undefined
          ? ''
          : category(size, [
              [1, 'T1mi'],
              [5, 'T1a'],
              [10, 'T1b'],
              [20, 'T1c'],
              [50, 'T2'],
              [Infinity, 'T3'],
            ]);
  if (!t) return null;
  const microOnly = nodes > 0 && nodes <= 3 && text(values.largestDeposit) === 'micro';
  const n = microOnly
    ? 'N1mi'
    : category(nodes, [
        [0, 'N0'],
        [3, 'N1a'],
        [9, 'N2a'],
        [Infinity, 'N3a'],
      ]);
  const m = mOf(values);
  const row = t.startsWith('T1') ? 'T1' : t;
  const column = n === 'N1mi' && row === 'T1' ? 'N1mi' : n.slice(0, 2);
  const groups: Record<string, Record<string, string>> = {
    Tis: { N0: '0' },
    T1: { N0: 'IA', N1mi: 'IB', N1: 'IIA', N2: 'IIIA', N3: 'IIIC' },
    T2: { N0: 'IIA', N1: 'IIB', N2: 'IIIA', N3: 'IIIC' },
    T3: { N0: 'IIB', N1: 'IIIA', N2: 'IIIA', N3: 'IIIC' },
    T4: { N0: 'IIIB', N1: 'IIIB', N2: 'IIIB', N3: 'IIIC' },
  };
  return { t, n, m, group: m === 'M1' ? 'IV' : (groups[row]?.[column] ?? null) };
}

const rules = { stomach, colorectum, lung, breast };

/**
 * The stage that the elements of a form give; null while they do not. Where no node was examined, nothing is known of
 * the nodes: pNX, and only carcinoma in situ or distant metastasis still has a group.
 */
export function stageOf(definition: SynopticDefinition, values: SynopticValues): Stage | null {
  const stage = definition.staging ? rules[definition.staging](values) : null;
  if (!stage || stage.n !== 'N0' || number(values.nodesExamined) !== 0) return stage;
  const grouped = stage.t === 'Tis' || stage.m !== 'M0';
  return { ...stage, n: 'NX', group: grouped ? stage.group : null };
}

/** `pT3 pN1a M0, stage IIIB (AJCC 8)`. */
export function stageWords({ t, n, m, group }: Stage, language: 'zh' | 'en'): string {
  const categories = `p${t} p${n} ${m === 'M0' ? 'cM0' : `p${m}`}`;
  if (group === null) return categories;
  return language === 'zh'
    ? `${categories}，${group} 期（AJCC 第 8 版）`
    : `${categories}, stage ${group} (AJCC 8th edition)`;
}
