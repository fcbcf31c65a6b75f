import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { useLab } from '../useLab.ts';
import { OpenRound } from './OpenRound.tsx';
import { RoundDrawer } from './RoundDrawer.tsx';
import type { Round } from './types.ts';

/** 室间质评: rounds from opening over results to scores; a pass feeds recognition with its range and dates. */
export function EqaPanel() {
  const { t } = useTranslation('lab');
  const session = useSession();
  const [opening, setOpening] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const rounds = useLab<{ items: Round[]; total: number }>('lab/eqa');
  if (rounds.isPending) return <Loading />;
  if (rounds.isError) return <Failed error={rounds.error} retry={() => void rounds.refetch()} />;
  const round = rounds.data.items.find((one) => one.id === chosen);
  return (
    <div className="lab-stack">
      <ListTable<Round>
        name={t('qc.view.eqa')}
        rowKey="id"
        rows={rounds.data.items}
        total={rounds.data.total}
        empty={t('eqa.none')}
        extra={
          may(session, 'policy.edit') && (
            <Button type="primary" onClick={() => setOpening(true)}>
              {t('eqa.open')}
            </Button>
          )
        }
        columns={[
          {
            title: t('eqa.round'),
            text: (row) => `${row.scheme} ${row.name}`,
            render: (row) => (
              <Button type="link" size="small" onClick={() => setChosen(row.id)}>
                {row.scheme} {row.name}
              </Button>
            ),
          },
          { title: t('eqa.organizer'), text: (row) => row.organizer },
          { title: t('eqa.range'), text: (row) => t(`eqa.ranges.${row.range}`) },
          { title: t('col.state'), text: (row) => t(`eqa.state.${row.state}`) },
          {
            title: t('eqa.due'),
            text: (row) => dateTime(row.dueAt),
            render: (row) => (
              <span
                className={
                  row.state === 'open' && Date.parse(row.dueAt) < Date.now() ? 'hub-tone-breach' : ''
                }
              >
                {dateTime(row.dueAt)}
              </span>
            ),
          },
          {
            title: t('eqa.valid'),
            text: (row) => (row.validFrom ? `${row.validFrom}～${row.validTo ?? ''}` : ''),
          },
          {
            title: t('eqa.result'),
            text: (row) =>
              row.state === 'scored'
                ? t('eqa.passedOf', {
                    n: row.tests.filter((one) => one.passed).length,
                    of: row.tests.length,
                  })
                : '',
          },
        ]}
      />
      {opening && <OpenRound onClose={() => setOpening(false)} />}
      {round && (
        <RoundDrawer key={`${round.id} ${round.state}`} round={round} onClose={() => setChosen(null)} />
      )}
    </div>
  );
}
