/**
 * For `afterOpenChange` of a dialog: gives the focus to its first field. Where the system asks for no motion, a field
 * that asks for it is still hidden when it does, the dialog's cross gets it instead, and Enter would close the dialog.
 */
export function focusField(open: boolean): void {
  if (!open) return;
  const dialog = [...document.querySelectorAll<HTMLElement>('.ant-modal-wrap')]
    .filter((each) => each.style.display !== 'none')
    .at(-1);
  if (document.activeElement?.closest('.ant-modal-body')) return;
  dialog
    ?.querySelector<HTMLElement>(
      '.ant-modal-body :is(input, textarea):not([type=hidden], [readonly], [disabled])',
    )
    ?.focus();
}
