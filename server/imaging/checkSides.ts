import type { ReportProblem } from '../core/center.ts';

type Side = '左' | '右';

/** Sides that were asked for and examined, besides those that the report itself names. */
export interface ExaminedSides {
  /** Name of the ordered item. */
  itemName: string;
  /** Laterality of the series (0020,0060), and what the device calls the studies. */
  lateralities: readonly string[];
  descriptions: readonly string[];
}

const clausesOf = (words: string): string[] => words.split(/[,，。;；、\n]/);

/** The one side that is spoken of; clauses about both sides speak for none. */
const sideOf = (words: string): Side | undefined => {
  const single = clausesOf(words)
    .filter((clause) => !/双|两侧/.test(clause))
    .join();
  const [left, right] = [single.includes('左'), single.includes('右')];
  return left === right ? undefined : left ? '左' : '右';
};

const LESION = /骨折|脱位|占位|结节|肿块|肿物|囊肿|病灶|斑片|积液|积气|出血|梗死|结石|增厚|狭窄|扩张|破坏/;

/** Clauses that describe something abnormal: they deny nothing, and call clear or sharp at most the edge of a lesion. */
function positiveSentences(findings: string): string {
  return clausesOf(findings)
    .filter((clause) => !/未见|正常|无异常|居中|不大/.test(clause))
    .filter((clause) => LESION.test(clause) || !/清晰|对称|锐利/.test(clause))
    .join('。');
}

const PAIRED =
  /(左|右)[^左右双两,，。;；、\n]{0,6}?(肺|肾|乳腺|肋|锁骨|肩|肱骨|肘|尺骨|桡骨|腕|髋|股骨|膝|胫骨|腓骨|踝|跟骨|额叶|颞叶|顶叶|枕叶|基底节|丘脑|小脑|放射冠|上颌窦|卵巢|输尿管|胸腔)/g;

/** Which sides of each paired organ are spoken of. */
function sidesByOrgan(words: string): Map<string, Set<Side>> {
  const found = new Map<string, Set<Side>>();
  for (const [, side, organ] of words.matchAll(PAIRED)) {
    if (!side || !organ) continue;
    const sides = found.get(organ) ?? new Set();
    found.set(organ, sides.add(side as Side));
  }
  return found;
}

/** An organ whose one concluded side is not the one that the findings describe, though both sides are named elsewhere. */
function swappedOrgan(findings: string, impression: string) {
  const described = sidesByOrgan(findings);
  for (const [organ, sides] of sidesByOrgan(positiveSentences(impression))) {
    const [concluded] = sides;
    const [found] = described.get(organ) ?? [];
    if (sides.size === 1 && described.get(organ)?.size === 1 && concluded && found && found !== concluded)
      return { organ, found, concluded };
  }
  return undefined;
}

/** The side of the images: what the device marked, else what it called the study. */
function sideOfImages({ lateralities, descriptions }: ExaminedSides): Side | undefined {
  const marked = new Set(lateralities.filter((each) => each === 'L' || each === 'R'));
  if (marked.size > 1) return undefined;
  if (marked.size === 1) return marked.has('L') ? '左' : '右';
  return sideOf(descriptions.join());
}

/** Sides that contradict each other: order, images, findings, conclusion. All of them are asked about. */
export function checkSides(examined: ExaminedSides, findings: string, impression: string): ReportProblem[] {
  const problems: ReportProblem[] = [];
  const ask = (code: string, message: string, params: Record<string, string>) =>
    problems.push({ severity: 'ask', code, params, message });
  const asked = sideOf(examined.itemName);
  const shown = sideOfImages(examined);
  const concluded = sideOf(impression);
  if (asked && concluded && asked !== concluded)
    ask('laterality-order', `ordered side ${asked}, concluded side ${concluded}`, { asked, concluded });
  else if (shown && concluded && shown !== concluded)
    ask('laterality-images', `side of the images ${shown}, concluded side ${concluded}`, {
      shown,
      concluded,
    });
  const found = sideOf(positiveSentences(findings));
  const swapped = swappedOrgan(positiveSentences(findings), impression);
  if (found && concluded && found !== concluded)
    ask('laterality', `found side ${found}, concluded side ${concluded}`, { found, concluded });
  else if (swapped)
    ask(
      'laterality-organ',
      `found ${swapped.found}${swapped.organ}, concluded ${swapped.concluded}${swapped.organ}`,
      swapped,
    );
  return problems;
}
