/** Loaders of both halves of the case page: the module names them, the preparation of a case warms them. */
export const loadReading = () => import('./CaseInput.tsx');
export const loadReport = () => import('./PathologyReport.tsx');
