import type { z } from 'zod';
import type { Actor } from '../core/access/actor.ts';
import type { Permission } from '../core/access/roles.ts';
import type { Context } from '../core/context.ts';
import { RIGHTS } from './access.ts';
import {
  registerInstrument,
  registerInstrumentInput,
  registerTray,
  registerTrayInput,
  repairInstrument,
  repairInstrumentInput,
} from './catalogue/instruments.ts';
import { receiveLoaner, receiveLoanerInput, returnLoaner, returnLoanerInput } from './catalogue/loaner.ts';
import { saveCenterSetting, saveCenterSettingInput } from './catalogue/saveCenterSetting.ts';
import { saveCostRate, saveCostRateInput } from './catalogue/saveCostRate.ts';
import { saveInstrumentType, saveInstrumentTypeInput } from './catalogue/saveInstrumentType.ts';
import { saveMachine, saveMachineInput, saveProgramme, saveProgrammeInput } from './catalogue/saveMachine.ts';
import { saveMaterial, saveMaterialInput } from './catalogue/saveMaterial.ts';
import {
  savePrintProfile,
  savePrintProfileInput,
  savePrintSource,
  savePrintSourceInput,
  tryPrintProfile,
  tryPrintProfileInput,
} from './catalogue/savePrintProfile.ts';
import { saveSetType, saveSetTypeInput } from './catalogue/saveSetType.ts';
import { beginNew, beginNewInput, reprocess, reprocessInput } from './flow/beginCirculation.ts';
import { collectReturn, collectReturnInput } from './flow/collectReturn.ts';
import { countAndSort, countAndSortInput, pretreat, pretreatInput } from './flow/countAndSort.ts';
import { dispatch, dispatchInput } from './flow/dispatch.ts';
import { dry, dryInput } from './flow/dry.ts';
import { inspect, inspectInput } from './flow/inspect.ts';
import { packSet, packSetInput } from './flow/packSet.ts';
import { rejectPack, rejectPackInput } from './flow/rejectPack.ts';
import { storePacks, storePacksInput } from './flow/storePacks.ts';
import { endWash, endWashInput, startWash, startWashInput } from './flow/washLoad.ts';
import { takeOutOfService, takeOutOfServiceInput } from './machine/blockMachine.ts';
import { recordCycle, recordCycleInput } from './machine/recordCycle.ts';
import { recordTest, recordTestInput } from './machine/recordTest.ts';
import { recordTrial, recordTrialInput, returnMachine, returnMachineInput } from './machine/returnMachine.ts';
import { startLoad, startLoadInput } from './machine/startLoad.ts';
import {
  acknowledgeRecall,
  acknowledgeRecallInput,
  decideRecall,
  decideRecallInput,
  resolveRecallItem,
  resolveRecallItemInput,
  resolveRecallItems,
  resolveRecallItemsInput,
} from './recall/recallActs.ts';
import { closeRecall, closeRecallInput } from './recall/closeRecall.ts';
import { recordDailyCheck, recordDailyCheckInput } from './records/recordDailyCheck.ts';
import { recordIndicator, recordIndicatorInput } from './release/recordIndicator.ts';
import { releaseLoad, releaseLoadInput } from './release/releaseLoad.ts';
import { declareReturn, declareReturnInput } from './site/declareReturn.ts';
import { receive, receiveInput } from './site/receive.ts';
import { requestPacks, requestPacksInput } from './site/requestPacks.ts';
import { returnUnused, returnUnusedInput } from './site/returnUnused.ts';
import { usePack, usePackInput } from './site/usePack.ts';
import { resolveScan, resolveScanInput } from './station/takeOverScans.ts';

export interface Operation {
  summary: string;
  access: Permission | Permission[];
  schema: z.ZodType;
  run(ctx: Context, actor: Actor, input: unknown): Promise<unknown>;
  /** May be queued at a station without a line and be taken over later. */
  offline: boolean;
}

function operation<S extends z.ZodType>(
  summary: string,
  access: Permission | Permission[],
  schema: S,
  run: (ctx: Context, actor: Actor, input: z.output<S>) => Promise<unknown>,
  offline = false,
): Operation {
  return {
    summary,
    access,
    schema,
    offline,
    run: (ctx, actor, input) => run(ctx, actor, input as z.output<S>),
  };
}

const { work, site, drive, authorise, catalogue } = RIGHTS;

/** Every act of sterile supply: `POST /api/sterilization/<name>`. */
export const OPERATIONS: Record<string, Operation> = {
  // township
  'request-packs': operation(
    'Request packs by set type for a day',
    'order.request',
    requestPacksInput,
    requestPacks,
  ),
  'declare-return': operation(
    'Hand over used sets (count, damage, infectious)',
    site,
    declareReturnInput,
    declareReturn,
    true,
  ),
  receive: operation('Receive a sterile transfer pack by pack', site, receiveInput, receive, true),
  use: operation('Open a pack at a patient', site, usePackInput, usePack, true),
  'return-unused': operation('Send unused packs back', site, returnUnusedInput, returnUnused, true),
  // transport and flow
  collect: operation('Take over a declared return', [drive, work], collectReturnInput, collectReturn, true),
  'begin-new': operation('Begin circulations of new goods or trays', work, beginNewInput, beginNew),
  reprocess: operation(
    'Begin the next circulation of rejected or returned packs',
    work,
    reprocessInput,
    reprocess,
  ),
  pretreat: operation('Pre-treat infectious goods', work, pretreatInput, pretreat, true),
  count: operation('Count and sort a set at reception', work, countAndSortInput, countAndSort, true),
  'start-wash': operation('Start a wash load', work, startWashInput, startWash, true),
  'end-wash': operation('End a wash load with its record', work, endWashInput, endWash),
  dry: operation('Dried goods', work, dryInput, dry, true),
  inspect: operation('Inspect and assemble a set', work, inspectInput, inspect, true),
  pack: operation('Pack a set', work, packSetInput, packSet, true),
  'start-load': operation('Start a sterilizer', work, startLoadInput, startLoad),
  'record-cycle': operation('End a load with the record of its cycle', work, recordCycleInput, recordCycle),
  'record-test': operation('Bowie-Dick or leak test', work, recordTestInput, recordTest),
  'record-indicator': operation(
    'Read a chemical or biological indicator',
    work,
    recordIndicatorInput,
    recordIndicator,
  ),
  release: operation('Release a load (signed record)', authorise, releaseLoadInput, releaseLoad),
  store: operation('Put released packs on their shelf', work, storePacksInput, storePacks, true),
  dispatch: operation('Dispatch sterile packs to a site', work, dispatchInput, dispatch, true),
  reject: operation(
    'Wet, torn, dropped, expired: not sterile',
    [work, site],
    rejectPackInput,
    rejectPack,
    true,
  ),
  // machines and records
  'take-out-of-service': operation(
    'Block a machine after installation, move or overhaul',
    authorise,
    takeOutOfServiceInput,
    takeOutOfService,
  ),
  'record-trial': operation('Count an empty run of a blocked machine', work, recordTrialInput, recordTrial),
  'return-machine': operation('Return a machine to work', authorise, returnMachineInput, returnMachine),
  'daily-check': operation(
    'Daily check of sealer, water or store climate',
    work,
    recordDailyCheckInput,
    recordDailyCheck,
    true,
  ),
  // recall
  'decide-recall': operation('Recall by decision', authorise, decideRecallInput, decideRecall),
  'acknowledge-recall': operation(
    'Confirm a recall for a site',
    ['critical.acknowledge', work],
    acknowledgeRecallInput,
    acknowledgeRecall,
  ),
  'resolve-recall-item': operation(
    'Say what became of a recalled pack',
    [site, work],
    resolveRecallItemInput,
    resolveRecallItem,
  ),
  'resolve-recall-items': operation(
    'Say what became of several recalled packs at once',
    [site, work],
    resolveRecallItemsInput,
    resolveRecallItems,
  ),
  'close-recall': operation(
    'Close a recall with its signed report',
    authorise,
    closeRecallInput,
    closeRecall,
  ),
  // catalogue
  'save-set-type': operation('Save a set type as a new version', catalogue, saveSetTypeInput, saveSetType),
  'save-instrument-type': operation(
    'Save a kind of instrument',
    catalogue,
    saveInstrumentTypeInput,
    saveInstrumentType,
  ),
  'save-material': operation(
    'Save a packaging material with its shelf life',
    catalogue,
    saveMaterialInput,
    saveMaterial,
  ),
  'save-machine': operation('Save a machine', catalogue, saveMachineInput, saveMachine),
  'save-programme': operation(
    'Save a programme with its limits',
    catalogue,
    saveProgrammeInput,
    saveProgramme,
  ),
  'save-print-profile': operation(
    'Save how a print-out is read',
    catalogue,
    savePrintProfileInput,
    savePrintProfile,
  ),
  'try-print-profile': operation(
    'Read a sample by rules not saved yet',
    catalogue,
    tryPrintProfileInput,
    tryPrintProfile,
  ),
  'save-print-source': operation(
    'Save where a machine sends its print-outs from',
    catalogue,
    savePrintSourceInput,
    savePrintSource,
  ),
  'save-center-setting': operation(
    'Save hours and promises of the centre',
    catalogue,
    saveCenterSettingInput,
    saveCenterSetting,
  ),
  'save-cost-rate': operation(
    'Save what a component costs per pack',
    catalogue,
    saveCostRateInput,
    saveCostRate,
  ),
  'register-tray': operation('Give a tray its code', work, registerTrayInput, registerTray),
  'register-instrument': operation(
    'Give an instrument its code',
    work,
    registerInstrumentInput,
    registerInstrument,
  ),
  'repair-instrument': operation(
    'Send an instrument to repair or take it back',
    work,
    repairInstrumentInput,
    repairInstrument,
  ),
  'receive-loaner': operation('Receive a vendor set', work, receiveLoanerInput, receiveLoaner),
  'return-loaner': operation('Hand a vendor set back', work, returnLoanerInput, returnLoaner),
  'resolve-scan': operation(
    'Settle a conflict of an offline station',
    [site, work],
    resolveScanInput,
    resolveScan,
  ),
};
