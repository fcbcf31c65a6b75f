import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import type { CenterKind, Order, Session, WorklistRow } from '../api/types.ts';

/** A component that is loaded when it is first shown: `() => import('./Compare.tsx')` with a default export. */
export type Lazy<P = object> = () => Promise<{ default: ComponentType<P> }>;

/** What the case page gives to a centre's panes. `order` is keyed by id: a pane never sees two patients. */
export interface CasePaneProps {
  order: Order;
  /** Call after anything that changed the order: timeline, report and lists load again. */
  reload: () => void;
}

/** What a centre asks for in a new request; its fields stand in the form of the page, under `extra`. */
export interface OrderFieldsProps {
  /** Codes of the chosen items. */
  items: readonly string[];
}

/** A page of a centre, reachable at `/<kind>/<path>`. */
export interface ModulePage {
  /** Relative to `/<kind>/`, react-router syntax: `devices`, `loads/:loadId`. */
  path: string;
  lazy: Lazy;
  /** Key in the module's namespace; given → the page stands in the rail below the centre. */
  navKey?: string;
  /** Who sees the entry; without it everybody who may enter the centre. The server decides anyway. */
  visible?: (session: Session) => boolean;
  /** Without rail and top bar: wall screens and stations. */
  bare?: boolean;
}

/** What a column's text may draw on: answers that its cells have asked for, and the language of the page. */
export interface ColumnContext {
  client: QueryClient;
  language: string;
}

/** An extra column of the centre's worklist. */
export interface WorklistColumn {
  key: string;
  /** Key in the module's namespace. */
  titleKey: string;
  width?: number;
  render: (row: WorklistRow) => React.ReactNode;
  /** Plain text for CSV and Excel. */
  text: (row: WorklistRow, known: ColumnContext) => string;
}

/**
 * One centre (or `quality`) as the shell sees it. One file `centers/<kind>/module.ts` exports it,
 * one line in `centers/index.ts` registers it.
 */
export interface CenterModule {
  kind: CenterKind | 'quality';
  /** i18next namespace = file `locales/<language>/<namespace>.json`. */
  namespace: string;
  /** Icon of @ant-design/icons. */
  icon: ComponentType;
  /** `/<kind>` shows the shell's worklist unless this replaces it. */
  Home?: Lazy;
  pages?: ModulePage[];
  worklistColumns?: WorklistColumn[];
  /** Left half of the case page: trace, tubes, slides, images. */
  InputPane?: Lazy<CasePaneProps>;
  /** Right half; the shell's report form stands here unless this replaces it. */
  ResultPane?: Lazy<CasePaneProps>;
  /** Everything between patient strip and timeline, in place of both halves. */
  CaseBody?: Lazy<CasePaneProps>;
  /** What the township sends for this centre (upload a recording, print tubes), shown on the order page. */
  SubmitPane?: Lazy<CasePaneProps>;
  /** Fields of a new request beside the general ones (`Form.Item name={['extra', …]}`). */
  OrderFields?: Lazy<OrderFieldsProps>;
  /** What the form holds under `extra` before anything is typed. */
  orderExtraEmpty?: Record<string, unknown>;
  /** Turns `extra` into what the request body carries. */
  orderExtra?: (extra: Record<string, unknown>) => Record<string, unknown>;
  /** What can be sent to this centre without an order, a tab of the upload page. */
  UploadPane?: Lazy;
  /** Whether a file, by its first 4 KB and its name, is plainly this centre's: other tabs then lead to its own. */
  takesFile?: (head: Uint8Array, name: string) => boolean;
  /** Title of that tab, a key in the module's namespace. */
  uploadTitleKey?: string;
  /** Under the top bar on every page: what cannot wait until somebody looks. Shows nothing when there is nothing. */
  Banner?: Lazy;
  /** Who sees the centre in the rail; without it those who hold a role in it. */
  mayEnter?: (session: Session) => boolean;
}
