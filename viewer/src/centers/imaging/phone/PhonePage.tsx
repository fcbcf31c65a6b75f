import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { get } from '../../../api/client.ts';
import type { WorklistRow } from '../../../api/types.ts';
import { has } from '../../../shell/access.ts';
import { DueRing } from '../../../shell/PatientStrip.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../../shell/states.tsx';
import { StatusWord } from '../../../shell/StatusWord.tsx';
import { PhoneCase } from './PhoneCase.tsx';
import './phone.css';

/** For a radiologist away from the reading room: his cases, a look at the images, a remark, a critical call. 390 px wide. */
export default function PhonePage() {
  const { orderId } = useParams();
  return (
    <main className="img-phone">
      {orderId ? <PhoneCase key={orderId} orderId={orderId} /> : <PhoneList />}
    </main>
  );
}

function PhoneList() {
  const { t } = useTranslation(['imaging', 'shell']);
  const navigate = useNavigate();
  const session = useSession();
  const [which, setWhich] = useState<'mine' | 'open'>('mine');
  const list = useQuery({
    queryKey: ['worklist', 'imaging', 'phone'],
    queryFn: async () =>
      (await get<{ items: WorklistRow[] }>('/api/centers/imaging/worklist?limit=100')).items,
    refetchInterval: 20_000,
  });
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading rows={8} />;
  const verifier = has(session, 'verifier', 'center-head');
  const mine = (row: WorklistRow) =>
    row.status === 'preliminary'
      ? verifier && row.claimedById !== session.user.id
      : row.claimedById === session.user.id;
  const rows = {
    mine: list.data.filter(mine),
    open: list.data.filter((row) => ['received', 'claimed', 'preliminary', 'partial'].includes(row.status)),
  };
  return (
    <>
      <h1 className="hub-title">{t('imaging:phone.title')}</h1>
      <Segmented
        block
        size="large"
        value={which}
        onChange={setWhich}
        options={(['mine', 'open'] as const).map((value) => ({
          value,
          label: `${t(`imaging:phone.${value}`)} ${rows[value].length}`,
        }))}
      />
      {rows[which].length === 0 && (
        <Empty text={t(which === 'mine' ? 'imaging:phone.emptyMine' : 'imaging:phone.empty')} />
      )}
      {rows[which].map((row) => (
        <button
          key={row.orderId}
          type="button"
          className={`img-phone-row${row.critical ? ' is-critical' : ''}`}
          onClick={() => void navigate(`/imaging/phone/${row.orderId}`)}
        >
          <span className="img-phone-line">
            <strong>{row.patientName ?? row.accessionNumber}</strong>
            {row.dueAt && (
              <DueRing dueAt={row.dueAt} startAt={row.receivedAt ?? null} warnAt={row.warnAt ?? null} />
            )}
          </span>
          <span className="img-phone-line">
            <span>
              {row.priority !== 'routine' && (
                <span className={`hub-priority hub-priority-${row.priority}`}>
                  {t(`shell:priority.${row.priority}`)}{' '}
                </span>
              )}
              {row.itemName} · {row.institutionName}
            </span>
            <StatusWord status={row.status} />
          </span>
        </button>
      ))}
    </>
  );
}
