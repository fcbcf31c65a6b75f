import type { InputRef } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CenterKind, Order, Session } from '../../../viewer/src/api/types.ts';
import { GrossForm } from '../../../viewer/src/centers/pathology/GrossForm.tsx';
import { SynopticForm, type SynopticEntry } from '../../../viewer/src/centers/pathology/SynopticForm.tsx';
import type { CaseFacts } from '../../../viewer/src/centers/pathology/types.ts';
import { SessionProvider } from '../../../viewer/src/shell/session.tsx';
import { Timeline } from '../../../viewer/src/shell/Timeline.tsx';
import { worklistColumns } from '../../../viewer/src/shell/worklist/columns.tsx';
import { FilterBar } from '../../../viewer/src/shell/worklist/FilterBar.tsx';
import type { WorklistFilter } from '../../../viewer/src/shell/worklist/useWorklist.ts';
import { tell } from './told.ts';

/** The structured part of a report of a specimen of the rectum. */
export function Synoptic({ first, editable = true }: { first?: SynopticEntry; editable?: boolean }) {
  const [entry, setEntry] = useState(first);
  const change = (next: SynopticEntry | undefined) => {
    tell('entry')(next ?? null);
    setEntry(next);
  };
  return (
    <>
      <p>case</p>
      <SynopticForm entry={entry} sites={['直肠']} cytology={false} editable={editable} change={change} />
    </>
  );
}

export function Gross({ sites = ['胃窦'], described = '' }: { sites?: string[]; described?: string }) {
  const specimens = sites.map((site, n) => ({ letter: 'ABC'[n] ?? 'D', site, procedure: null }));
  const facts = { specimens, blocks: [], grossDescription: described } as unknown as CaseFacts;
  return (
    <GrossForm order={{ id: 'o1' } as Order} facts={facts} close={tell('closed')} reload={tell('reload')} />
  );
}

export function Steps({ center }: { center?: CenterKind }) {
  return (
    <>
      <p>case</p>
      <Timeline orderId="o1" {...(center && { center })} />
    </>
  );
}

/** The bar over a worklist, with the filter and the hidden columns that it asks for. */
export function Filters() {
  const { t } = useTranslation('shell');
  const [filter, setFilter] = useState<WorklistFilter>({});
  const [hidden, setHidden] = useState<Set<string>>(new Set());
  const searchBox = useRef<InputRef>(null);
  return (
    <SessionProvider value={{ user: { id: 'u' } } as unknown as Session}>
      <FilterBar
        center="imaging"
        filter={filter}
        onFilter={setFilter}
        columns={worklistColumns(t)}
        hidden={hidden}
        onHidden={setHidden}
        searchBox={searchBox}
      />
      <output>{JSON.stringify(filter)}</output>
      <pre>{[...hidden].join()}</pre>
    </SessionProvider>
  );
}
