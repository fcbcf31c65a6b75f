const CONTROLS = 'a, button, input, textarea, select, label, summary, [role="button"]';

/** As much of a page as is asked here. */
interface Part {
  contains(other: never): boolean;
  closest(selector: string): unknown;
}

/** Whether a click in a row means the row: not a control of its own, nor a question or menu that hangs on one. */
export function opensRow(click: { target: unknown; currentTarget: Pick<Part, 'contains'> }): boolean {
  const target = click.target as Part;
  return click.currentTarget.contains(target as never) && target.closest(CONTROLS) === null;
}
