import { useQueryClient } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { worksIn } from '../../../shell/access.ts';
import { DangerDialog } from '../../../shell/DangerDialog.tsx';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { unitText } from '../unitText.ts';
import { useLab } from '../useLab.ts';
import { MappingDialog } from './MappingDialog.tsx';
import { converted, type Instrument, type Mapping } from './types.ts';

/** What each code of each analyzer means, with the rules that convert units. */
export function MappingList() {
  const { t } = useTranslation(['lab', 'shell']);
  const edits = worksIn(useSession(), 'lab');
  const [instrumentId, setInstrumentId] = useState<string>();
  const [edited, setEdited] = useState<Partial<Mapping> | null>(null);
  const [removed, setRemoved] = useState<Mapping | null>(null);
  const client = useQueryClient();
  const instruments = useLab<{ items: Instrument[] }>('lab/instruments');
  const list = useLab<{ items: Mapping[]; total: number }>('lab/instrument-mappings');
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <>
      <ListTable<Mapping>
        name={t('mapping.title')}
        rowKey="id"
        rows={list.data.items.filter(
          (row) => instrumentId === undefined || row.instrumentId === instrumentId,
        )}
        {...(instrumentId === undefined && { total: list.data.total })}
        empty={t('mapping.none')}
        extra={
          <>
            <Select
              allowClear
              style={{ width: 220 }}
              placeholder={t('col.instrument')}
              aria-label={t('col.instrument')}
              {...(instrumentId !== undefined && { value: instrumentId })}
              onChange={(value: string | undefined) => setInstrumentId(value)}
              options={(instruments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
            />
            {edits && (
              <Button type="primary" onClick={() => setEdited({ ...(instrumentId && { instrumentId }) })}>
                {t('mapping.add')}
              </Button>
            )}
          </>
        }
        columns={[
          { title: t('col.instrument'), text: (row) => row.instrument },
          { title: t('mapping.code'), text: (row) => row.instrumentCode },
          { title: t('col.test'), text: (row) => [...new Set([row.testCode, row.testName])].join(' ') },
          { title: t('mapping.testUnit'), text: (row) => unitText(row.testUnit) },
          {
            title: t('mapping.rule'),
            text: (row) =>
              row.fromUnit === null
                ? ''
                : [
                    converted(1, unitText(row.fromUnit), row.factor, unitText(row.testUnit)),
                    row.unitAssumed && t('mapping.assumedShort'),
                  ]
                    .filter(Boolean)
                    .join(' · '),
          },
          {
            title: t('mapping.waiting'),
            align: 'right',
            text: (row) => row.waiting || '',
            render: (row) => (row.waiting > 0 ? <span className="hub-tone-warn">{row.waiting}</span> : ''),
          },
          { title: t('mapping.by'), text: (row) => row.mappedBy },
          { title: t('col.at'), text: (row) => dateTime(row.mappedAt) },
          {
            title: '',
            fixed: 'right',
            render: (row) =>
              edits && (
                <>
                  <Button type="link" size="small" onClick={() => setEdited(row)}>
                    {t('edit')}
                  </Button>
                  <Button type="link" size="small" danger onClick={() => setRemoved(row)}>
                    {t('mapping.remove')}
                  </Button>
                </>
              ),
          },
        ]}
      />
      {edited && <MappingDialog mapping={edited} onClose={() => setEdited(null)} />}
      <DangerDialog
        open={removed !== null}
        title={t('mapping.removeTitle', { code: removed?.instrumentCode ?? '' })}
        consequence={t('mapping.removeWhat', {
          instrument: removed?.instrument ?? '',
          code: removed?.instrumentCode ?? '',
        })}
        note
        okText={t('mapping.remove')}
        onOk={async ({ note }) => {
          await post(`/api/lab/instruments/${removed?.instrumentId ?? ''}/unmap`, {
            instrumentCode: removed?.instrumentCode,
            reason: note,
          });
          await client.invalidateQueries({ queryKey: ['lab'] });
        }}
        onClose={() => setRemoved(null)}
      />
    </>
  );
}
