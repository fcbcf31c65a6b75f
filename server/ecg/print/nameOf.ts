import type { EcgLead } from '../formats/model.ts';
import { missingIn } from '../sampleBlock.ts';

/** What stands at a trace: where the device marked samples as absent the line is flat, and nobody may take it for the heart's. */
export const nameOf = (lead: EcgLead, from: number, to: number): string =>
  missingIn(lead, from, to).length > 0 ? `${lead.name}(平线处有缺失采样)` : lead.name;
