import pg from 'pg';
import { conflict, DomainError } from '../core/errors.ts';

/** What each guard of the database says to the person at the station. */
const GUARDS: Record<string, [type: string, detail: string]> = {
  cssd_pack_step: ['step-out-of-order', 'this step is not allowed from the state of the pack'],
  cssd_pack_open_tray: [
    'tray-already-circulating',
    'this tray already circulates: finish or close its open pack first',
  ],
  cssd_pack_successor: ['already-returned', 'this pack has already come back'],
  cssd_pack_infectious_route: ['pretreatment-missing', 'a pack on the infectious route is pre-treated first'],
  cssd_pack_frozen: ['pack-frozen', 'a sterilized pack keeps its load and its dates'],
  cssd_wash_running: ['already-in-washer', 'a pack is already in a running wash load'],
  cssd_wash_infectious_route: [
    'infectious-route',
    'infectious goods need a programme of the infectious route',
  ],
  cssd_load_bowie_dick: ['bowie-dick-missing', 'this sterilizer has no passed Bowie-Dick test of today'],
  cssd_load_running: ['machine-running', 'this sterilizer already runs a load'],
  cssd_load_machine_ready: ['machine-blocked', 'the machine is blocked'],
  cssd_release_physical: ['physical-failed', 'the physical record of this load did not pass'],
  cssd_release_outer: ['outer-indicator-failed', 'the outer chemical indicators did not pass'],
  cssd_release_biological: [
    'biological-missing',
    'this release needs a passed biological indicator of this load',
  ],
  cssd_release_implant: [
    'implant-needs-biological',
    'a load with implants is released after its biological indicator',
  ],
  cssd_release_every_load: [
    'biological-missing',
    'loads of this method are released after their biological indicator',
  ],
  cssd_release_early: [
    'early-release-incomplete',
    'an early release needs implants, a passed class-5 indicator, a reason and a second person who approves',
  ],
  cssd_release_approval: [
    'early-release-incomplete',
    'an early release needs the signature of the second person who approves',
  ],
  cssd_release_indicator: ['indicator-failed', 'an indicator of this load failed'],
  cssd_release_machine: ['machine-blocked', 'the load is not ended, or its machine is blocked'],
  cssd_release_load_id_key: ['already-released', 'this load is already released'],
  cssd_transfer_released: ['not-released', 'a pack that is not released is not dispatched'],
  cssd_transfer_expired: ['expired', 'an expired pack is not dispatched'],
  cssd_transfer_dirty: ['dirty-and-sterile', 'dirty and sterile goods never share a transfer'],
  cssd_use_expired: ['expired', 'an expired pack is not used'],
  cssd_use_recalled: ['recalled', 'this pack is recalled: it is not used'],
  cssd_use_inner: ['inner-indicator-failed', 'a pack is used only when its inner indicator passed'],
  cssd_count_discrepancy: [
    'discrepancy-missing',
    'the counts differ: say whether missing, damaged or foreign',
  ],
  cssd_indicator_control: [
    'control-did-not-grow',
    'a biological indicator passes only when its control grew',
  ],
  cssd_indicator_read_once: ['already-read', 'this indicator has been read; record a new one'],
  cssd_indicator_after_cycle: ['cycle-not-ended', 'the load still runs: end it with its record first'],
  cssd_cycle_print_out: ['print-out-taken', 'this print-out belongs to another load already'],
  cssd_return_line_once: ['already-returned', 'its return is declared already'],
  cssd_transfer_load: ['not-released', 'a pack that is not released is not dispatched'],
  cssd_machine_return: ['trials-missing', 'the machine has not passed the required runs in a row'],
  cssd_machine_open_block: ['trials-missing', 'the machine still has an open block'],
  cssd_programme_steam_prevacuum: ['below-minimum', 'pre-vacuum steam needs at least 132 °C and 4 min'],
  cssd_programme_steam_gravity: ['below-minimum', 'gravity steam needs at least 121 °C and 20 min'],
  cssd_programme_biological: [
    'below-minimum',
    'biological indicators: steam weekly, plasma daily, ethylene oxide every load',
  ],
};

/** Two stations that took the same packs in another order: PostgreSQL ends one of them, and that one begins again. */
const ATTEMPTS = 3;

/**
 * Runs an operation (one transaction, which may begin again after a deadlock) and puts a violated guard of sterile
 * supply into a domain error (409) with its reason.
 */
export async function guarded<T>(work: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof pg.DatabaseError && cause.code === '40P01' && attempt < ATTEMPTS)
      return guarded(work, attempt + 1);
    if (cause instanceof pg.DatabaseError && cause.constraint) {
      const guard = GUARDS[cause.constraint];
      if (guard)
        throw new DomainError(409, guard[0], guard[1], { cause, extra: { guard: cause.constraint } });
      if (cause.constraint.startsWith('cssd_'))
        throw conflict('refused', `the database refused this: ${cause.constraint}`);
    }
    throw cause;
  }
}
