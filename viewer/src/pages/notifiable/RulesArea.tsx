import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Tag, Timeline } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { RuleDialog, type NotifiableRule, type RuleDefinition } from './RuleDialog.tsx';

/** Rules in force: what a conclusion or result has to say, who changed it when, how many cards it drafted. */
export function RulesArea() {
  const { t, i18n } = useTranslation(['notifiable', 'shell']);
  const session = useSession();
  const client = useQueryClient();
  const [editing, setEditing] = useState<NotifiableRule | 'new' | null>(null);
  const [shown, setShown] = useState<NotifiableRule | null>(null);
  const edits = may(session, 'quality.review');
  const rules = useQuery({
    queryKey: ['notifiable-rules'],
    queryFn: () => get<{ items: NotifiableRule[] }>('/api/notifiable-rules'),
  });
  if (rules.isPending) return <Loading />;
  if (rules.isError) return <Failed error={rules.error} retry={() => void rules.refetch()} />;
  const disease = (row: NotifiableRule) => (i18n.language === 'en-US' ? row.diseaseEn : row.disease);
  return (
    <>
      <p className="hub-quiet">{t('rule.about')}</p>
      <ListTable<NotifiableRule>
        name={t('areas.rules')}
        rowKey="code"
        rows={rules.data.items}
        empty={t('rule.empty')}
        extra={
          edits && (
            <Button type="primary" onClick={() => setEditing('new')}>
              {t('rule.add')}
            </Button>
          )
        }
        columns={[
          {
            title: t('disease'),
            wrap: 160,
            text: (row) => `${disease(row)}${row.active ? '' : ` ${t('rule.off')}`}`,
            render: (row) => (
              <>
                {disease(row)} {!row.active && <Tag>{t('rule.off')}</Tag>}
              </>
            ),
          },
          { title: t('class'), width: 70, text: (row) => t(`classes.${row.class}`) },
          {
            title: t('due'),
            width: 90,
            align: 'right',
            sortBy: (row) => row.dueHours,
            text: (row) => t('rule.hours', { n: row.dueHours }),
          },
          { title: t('rule.words'), text: (row) => row.words.join('、') || '—', wrap: 190 },
          {
            title: t('rule.tests'),
            wrap: 200,
            text: (row) =>
              row.testCodes.length === 0
                ? '—'
                : `${row.testCodes.join(' / ')}: ${row.testValues.join(' / ')}`,
          },
          { title: t('rule.cards'), width: 84, align: 'right', text: (row) => row.cards },
          {
            title: t('rule.version'),
            width: 190,
            text: (row) => t('rule.versionLine', { n: row.version, at: dateTime(row.updatedAt) }),
            sortBy: (row) => row.updatedAt,
            render: (row) => (
              <Button type="link" size="small" onClick={() => setShown(row)}>
                {t('rule.versionLine', { n: row.version, at: dateTime(row.updatedAt) })}
              </Button>
            ),
          },
          ...(edits
            ? [
                {
                  title: '',
                  width: 80,
                  fixed: 'right' as const,
                  render: (row: NotifiableRule) => (
                    <Button size="small" onClick={() => setEditing(row)}>
                      {t('rule.edit')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {editing && (
        <RuleDialog
          rule={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onDone={() => void client.invalidateQueries({ queryKey: ['notifiable-rules'] })}
        />
      )}
      <Drawer open={shown !== null} onClose={() => setShown(null)} size={520} title={shown?.disease ?? ''}>
        {shown && <Versions code={shown.code} />}
      </Drawer>
    </>
  );
}

interface Version {
  version: number;
  definition: RuleDefinition;
  reason: string | null;
  madeAt: string;
  madeBy: string | null;
  cards: number;
}

function Versions({ code }: { code: string }) {
  const { t } = useTranslation(['notifiable', 'shell']);
  const versions = useQuery({
    queryKey: ['notifiable-rules', code],
    queryFn: () => get<{ items: Version[] }>(`/api/notifiable-rules/${code}/versions`),
  });
  if (versions.isPending) return <Loading />;
  if (versions.isError) return <Failed error={versions.error} retry={() => void versions.refetch()} />;
  return (
    <Timeline
      items={versions.data.items.map((each) => ({
        key: each.version,
        content: (
          <>
            <b>{t('rule.versionLine', { n: each.version, at: dateTime(each.madeAt) })}</b>{' '}
            <span className="hub-quiet">
              {each.madeBy ?? t('rule.initial')} · {t('rule.cards')} {each.cards}
            </span>
            {each.reason && <p className="hub-prewrap">{each.reason}</p>}
            <p className="hub-prewrap hub-quiet">
              {[
                `${t(`classes.${each.definition.class}`)} · ${t('rule.hours', { n: each.definition.dueHours })}`,
                each.definition.words.join('、'),
                each.definition.testCodes.length > 0 &&
                  `${each.definition.testCodes.join(' / ')}: ${each.definition.testValues.join(' / ')}`,
                !each.definition.active && t('rule.off'),
              ]
                .filter(Boolean)
                .join('\n')}
            </p>
          </>
        ),
      }))}
    />
  );
}
