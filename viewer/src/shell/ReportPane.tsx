import { Alert, App, Button, Checkbox, Dropdown, Input, Select, Space } from 'antd';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Order } from '../api/types.ts';
import { has } from './access.ts';
import { ReturnedNotice } from './order/ReturnedNotice.tsx';
import { dateTime } from './format.ts';
import { checkReport } from './report/checkReport.ts';
import { PhraseArea } from './report/PhraseArea.tsx';
import { ReportDiff } from './report/ReportDiff.tsx';
import { ReportButtons } from './report/ReportButtons.tsx';
import { SaveTemplate } from './report/SaveTemplate.tsx';
import { SavedMark } from './report/SavedMark.tsx';
import { SignedVersions } from './report/SignedVersions.tsx';
import { useReport, type ReportContent, type ReportState } from './report/useReport.ts';
import { usePhrases, useTemplates, type ReportTemplate } from './report/useTemplates.ts';
import { useReportActions, type ShownInputs } from './report/useReportActions.ts';
import { useSession } from './session.tsx';
import { Failed, Loading } from './states.tsx';
import { useKeys } from './useKeys.ts';

interface Props {
  order: Order;
  reload: () => void;
  /** Structured fields of a centre, above findings. */
  fields?: (content: ReportContent, change: (part: ReportContent) => void, editable: boolean) => ReactNode;
  /** What the centre calls its two texts (镜下所见, 病理诊断). */
  names?: { findings: string; impression: string };
  /** Inserted by a key or button: measurements, comparison sentence. */
  insertions?: { key: string; label: string; text: () => string; shortcut?: string }[];
  modality?: string | null;
  bodyPart?: string | null;
  /** Holds signing back and says why: images are not of diagnostic quality yet. */
  blockSign?: string | null | ((content: ReportContent) => string | null);
  /** Submitting waits for the same. */
  blockSubmit?: boolean;
  /** A critical finding was confirmed: the report is ticked so, unless its reader takes that out. */
  criticalFound?: boolean;
  /** Why an addendum or a correction waits. */
  blockAmend?: string | null;
  /** How good the inputs stand on the screens: the record of a signature keeps it. */
  shownInputs?: () => ShownInputs;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The report form of every centre: autosave, templates, phrases, submit, reject, sign. */
export function ReportPane(props: Props) {
  const state = useReport(props.order.id, props.order.status);
  if (state.error) return <Failed error={state.error} retry={() => void state.load()} />;
  if (!state.report) return <Loading rows={8} />;
  return <ReportForm {...props} state={state} />;
}

function ReportForm({
  order,
  reload,
  fields,
  names,
  insertions,
  modality,
  bodyPart,
  criticalFound,
  blockSign,
  blockSubmit,
  blockAmend,
  shownInputs,
  state,
}: Props & { state: ReportState }) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const { message } = App.useApp();
  const actions = useReportActions(order, state, reload, shownInputs);
  const templates = useTemplates(order.center, modality, bodyPart);
  const phrases = usePhrases(order.center);
  const lastField = useRef<'findings' | 'impression'>('findings');
  const [asked, setAsked] = useState<ReportTemplate | null>(null);
  const { content, change, report } = state;
  const findings = text(content.findings);
  const impression = text(content.impression);
  const verifier = has(session, 'verifier', 'center-head');
  const mine = !order.claimedById || order.claimedById === session.user.id;
  const editable =
    (['claimed', 'partial'].includes(order.status) && mine) || (order.status === 'preliminary' && verifier);
  const warnings = useMemo(() => checkReport(order, findings, impression), [order, findings, impression]);
  const tick = editable && Boolean(report) && criticalFound === true && content.critical === undefined;
  useEffect(() => {
    if (tick) change({ critical: true });
  }, [tick, change]);

  const apply = (template: ReportTemplate, how: 'replace' | 'append') => {
    const join = (before: string, more: string | undefined) =>
      how === 'append' && before ? `${before}\n${more ?? ''}` : (more ?? before);
    change({
      ...(how === 'replace' ? template.content : {}),
      findings: join(findings, template.content.findings),
      impression: join(impression, template.content.impression),
    });
    setAsked(null);
  };
  const insert = (more: string) => {
    if (!more) return;
    // Writing claims a case: a key pressed while looking must not.
    if (!editable) return void message.info(t('report.claimFirst'));
    const field = lastField.current;
    const before = text(content[field]);
    change({ [field]: before && !before.endsWith('\n') ? `${before}\n${more}` : before + more });
  };
  useKeys({
    'ctrl+s': { label: t('keys.save'), inText: true, run: () => void state.saveNow().catch(() => undefined) },
    'alt+1': {
      label: t('keys.findings'),
      inText: true,
      run: () => document.getElementById('report-findings')?.focus(),
    },
    'alt+2': {
      label: t('keys.impression'),
      inText: true,
      run: () => document.getElementById('report-impression')?.focus(),
    },
    ...Object.fromEntries(
      (insertions ?? [])
        .filter((i) => i.shortcut)
        .map((i) => [i.shortcut ?? '', { label: i.label, inText: true, run: () => insert(i.text()) }]),
    ),
  });

  return (
    <section className="hub-report" aria-label={t('report.label', { context: order.center })}>
      <header className="hub-report-head">
        <strong>{t('report.label', { context: order.center })}</strong>
        <span className="hub-quiet">{t(`report.state.${report?.state ?? 'draft'}`)}</span>
        <span className="hub-grow" />
        <SavedMark state={state} />
      </header>
      <ReturnedNotice order={order} />
      {state.found && (
        <Alert
          type="warning"
          title={t('report.found', { at: dateTime(new Date(state.found.at).toISOString()) })}
          action={
            <Space>
              <Button size="small" type="primary" onClick={() => state.resolveFound(true)}>
                {t('report.useFound')}
              </Button>
              <Button size="small" onClick={() => state.resolveFound(false)}>
                {t('report.dropFound')}
              </Button>
            </Space>
          }
        />
      )}
      {state.conflict && (
        <Alert
          type="error"
          title={t('report.conflict', { who: state.conflict.editor ?? t('report.somebody') })}
          description={
            <div className="hub-conflict hub-prewrap">
              {text(
                state.conflict.theirs.findings ??
                  (state.conflict.theirs.content as ReportContent | undefined)?.findings,
              )}
            </div>
          }
          action={
            <Space orientation="vertical">
              <Button size="small" type="primary" onClick={() => state.resolveConflict('mine')}>
                {t('report.keepMine')}
              </Button>
              <Button size="small" onClick={() => state.resolveConflict('theirs')}>
                {t('report.takeTheirs')}
              </Button>
            </Space>
          }
        />
      )}
      {report?.state === 'rejected' && report.rejectReason && (
        <Alert type="warning" showIcon title={t('report.rejected', { reason: report.rejectReason })} />
      )}
      {report?.submittedContent && <ReportDiff before={report.submittedContent} after={content} />}
      {editable && (
        <div className="hub-row">
          <Select
            aria-label={t('report.template')}
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('report.template')}
            value={null}
            style={{ flex: 1, minWidth: 120 }}
            options={(templates.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
            onChange={(id: string | null) => {
              const chosen = templates.data?.find((each) => each.id === id);
              if (!chosen) return;
              if (findings || impression) setAsked(chosen);
              else apply(chosen, 'replace');
            }}
          />
          <SaveTemplate
            center={order.center}
            modality={modality ?? null}
            bodyPart={bodyPart ?? null}
            findings={findings}
            impression={impression}
          />
          {(insertions ?? []).length > 0 && (
            <Dropdown
              trigger={['click']}
              menu={{
                items: (insertions ?? []).map((i) => ({
                  key: i.key,
                  label: i.shortcut ? `${i.label} (${i.shortcut.toUpperCase()})` : i.label,
                })),
                onClick: ({ key }) => insert(insertions?.find((i) => i.key === key)?.text() ?? ''),
              }}
            >
              <Button>{t('report.insert')}</Button>
            </Dropdown>
          )}
        </div>
      )}
      {asked && (
        <Alert
          type="info"
          title={t('report.templateOver', { name: asked.name })}
          action={
            <Space>
              <Button size="small" onClick={() => apply(asked, 'append')}>
                {t('report.append')}
              </Button>
              <Button size="small" danger onClick={() => apply(asked, 'replace')}>
                {t('report.replace')}
              </Button>
              <Button size="small" onClick={() => setAsked(null)}>
                {t('action.cancel')}
              </Button>
            </Space>
          }
        />
      )}
      {fields?.(content, change, editable)}
      <label htmlFor="report-findings">
        {names?.findings ?? t('report.findings', { context: order.center })}
      </label>
      <PhraseArea
        id="report-findings"
        value={findings}
        disabled={!editable}
        minRows={6}
        maxRows={16}
        phrases={phrases.data ?? []}
        onFocus={() => (lastField.current = 'findings')}
        onChange={(value) => change({ findings: value })}
      />
      <label htmlFor="report-impression">
        {names?.impression ?? t('report.impression', { context: order.center })}
      </label>
      <PhraseArea
        id="report-impression"
        value={impression}
        disabled={!editable}
        minRows={3}
        maxRows={8}
        phrases={phrases.data ?? []}
        onFocus={() => (lastField.current = 'impression')}
        onChange={(value) => change({ impression: value })}
      />
      <div className="hub-row">
        <Checkbox
          disabled={!editable}
          checked={content.positive === true}
          onChange={(e) => change({ positive: e.target.checked })}
        >
          {t('report.positive')}
        </Checkbox>
        <Checkbox
          disabled={!editable}
          checked={content.critical === true}
          onChange={(e) => change({ critical: e.target.checked })}
        >
          {t('report.critical')}
        </Checkbox>
        <span className="hub-grow" />
        {editable && (
          <Input
            aria-label={t('report.recommendation')}
            placeholder={t('report.recommendation')}
            value={text(content.recommendation)}
            style={{ maxWidth: 220 }}
            maxLength={200}
            onChange={(e) => change({ recommendation: e.target.value })}
          />
        )}
      </div>
      <ReportButtons
        order={order}
        state={state}
        actions={actions}
        warnings={warnings}
        blockSign={typeof blockSign === 'function' ? blockSign(content) : (blockSign ?? null)}
        blockSubmit={blockSubmit === true}
        fields={fields}
        names={names}
        blockAmend={blockAmend ?? null}
      >
        {editable && (findings || impression) && warnings.length > 0 && (
          <ul className="hub-warnings" aria-label={t('check.label')}>
            {warnings.map((each) => (
              <li key={each.code + (each.words ?? '')}>
                △ {t(`check.${each.code}`, { words: each.words ?? '' })}
              </li>
            ))}
          </ul>
        )}
      </ReportButtons>
      <SignedVersions order={order} />
    </section>
  );
}
