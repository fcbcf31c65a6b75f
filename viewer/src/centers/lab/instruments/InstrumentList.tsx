import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { benchText } from '../benchText.ts';
import { useLab } from '../useLab.ts';
import { InstrumentDialog } from './InstrumentDialog.tsx';
import type { Instrument } from './types.ts';

/** Analyzers: how each calls itself on the wire, how it speaks, and when it was heard last. */
export function InstrumentList() {
  const { t } = useTranslation(['lab', 'shell']);
  const edits = may(useSession(), 'policy.edit');
  const [edited, setEdited] = useState<Partial<Instrument> | null>(null);
  const list = useLab<{ items: Instrument[] }>('lab/instruments');
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      <ListTable<Instrument>
        name={t('nav.instruments')}
        rowKey="id"
        rows={list.data.items}
        empty={t('instrument.none')}
        extra={
          edits && (
            <Button type="primary" onClick={() => setEdited({})}>
              {t('instrument.add')}
            </Button>
          )
        }
        columns={[
          { title: t('col.code'), text: (row) => row.code },
          { title: t('col.instrument'), text: (row) => row.name },
          { title: t('instrument.model'), text: (row) => row.model },
          { title: t('bench'), text: (row) => benchText(row.bench, t) },
          {
            title: t('instrument.protocol'),
            text: (row) => `${t(`instrument.protocols.${row.protocol}`)} · ${row.driver}`,
          },
          { title: t('instrument.sender'), text: (row) => row.sender },
          { title: t('instrument.address'), text: (row) => row.address },
          { title: t('instrument.codes'), align: 'right', text: (row) => row.tests.length },
          { title: t('instrument.lastSeen'), text: (row) => dateTime(row.lastSeenAt) },
          {
            title: t('col.state'),
            text: (row) => t(row.active ? 'instrument.inUse' : 'instrument.out'),
          },
          {
            title: '',
            fixed: 'right',
            render: (row) =>
              edits && (
                <Button type="link" size="small" onClick={() => setEdited(row)}>
                  {t('edit')}
                </Button>
              ),
          },
        ]}
      />
      {edited && <InstrumentDialog instrument={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
