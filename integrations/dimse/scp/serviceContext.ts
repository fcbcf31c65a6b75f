import type { Association } from '../association.ts';
import type { DimseServices, Peer } from '../services.ts';

/** What a service needs: the wire's settings beside the hub's operations. */
export interface ServiceContext {
  readonly association: Association;
  readonly peer: Peer;
  readonly services: DimseServices;
  /** AE title that the hub calls others with. */
  readonly aeTitle: string;
}
