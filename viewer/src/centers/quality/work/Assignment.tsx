import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, InputNumber, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, put } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { useSession } from '../../../shell/session.tsx';
import { errorText } from '../../../shell/states.tsx';
import { FigureTable } from '../FigureTable.tsx';

interface Rule {
  center: string;
  on: boolean;
  mostOpen: number;
}

/** Fair distribution of waiting cases to the readers on duty, by centre. */
export function Assignment() {
  const { t } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const rules = useQuery({
    queryKey: ['work', 'assignment'],
    queryFn: () => get<{ items: Rule[] }>('/api/work/assignment'),
  });
  const save = async ({ center, on, mostOpen }: Rule) => {
    try {
      await put(`/api/work/assignment/${center}`, { on, mostOpen });
      await client.invalidateQueries({ queryKey: ['work', 'assignment'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const edits = may(session, 'roster.edit');
  return (
    <>
      <p className="hub-quiet">{t('work.assignmentAbout')}</p>
      <FigureTable<Rule>
        title={t('work.assignment')}
        rows={rules.data?.items}
        error={rules.error}
        rowKey={(row) => row.center}
        empty=""
        columns={[
          { title: t('column.center'), text: (row) => t(`area.${row.center}`) },
          {
            title: t('work.on'),
            text: (row) => t(row.on ? 'algorithm.on' : 'algorithm.off'),
            render: (row) => (
              <Switch
                checked={row.on}
                disabled={!edits}
                aria-label={`${t('work.on')} ${t(`area.${row.center}`)}`}
                onChange={(on) => void save({ ...row, on })}
              />
            ),
          },
          {
            title: t('work.mostOpen'),
            text: (row) => row.mostOpen,
            render: (row) => (
              <InputNumber
                min={1}
                max={100}
                disabled={!edits}
                value={row.mostOpen}
                aria-label={`${t('work.mostOpen')} ${t(`area.${row.center}`)}`}
                onChange={(mostOpen) => mostOpen && void save({ ...row, mostOpen })}
              />
            ),
          },
        ]}
      />
    </>
  );
}
