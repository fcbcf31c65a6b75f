/** What happened to an analyzer or a lot, at a time of the axis. */
export interface QcMark {
  at: number;
  kind: 'lot' | 'event';
  note: string;
}

/** A mark with the words that stand over it: none when a near mark before it carries them. */
export interface LabelledMark extends QcMark {
  label: string[];
}

/** Marks nearer together than a label is wide (`share` of the span) share one label of at most three lines. */
export function labelMarks(marks: QcMark[], span: number, share = 0.09): LabelledMark[] {
  const labelled: LabelledMark[] = [];
  let head: LabelledMark | undefined;
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const near = head && mark.at - head.at < span * share;
    const one: LabelledMark = { ...mark, label: near ? [] : [mark.note] };
    if (near && !head?.label.includes(mark.note)) head?.label.push(mark.note);
    labelled.push(one);
    if (!near) head = one;
  }
  return labelled.map((mark) => ({
    ...mark,
    label: mark.label.length > 3 ? [...mark.label.slice(0, 2), `+${mark.label.length - 2}`] : mark.label,
  }));
}
