import {
  AlertOutlined,
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BarChartOutlined,
  CloudUploadOutlined,
  ExperimentOutlined,
  FileImageOutlined,
  HeartOutlined,
  HomeOutlined,
  InboxOutlined,
  MedicineBoxOutlined,
  NodeIndexOutlined,
  PlusSquareOutlined,
  SafetyCertificateOutlined,
  SettingOutlined,
  SwapOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { get } from '../api/client.ts';
import type { CenterKind, Session } from '../api/types.ts';
import type { CenterModule } from '../centers/contract.ts';
import { modules } from '../centers/index.ts';
import { administers, has, may, requests, worksIn } from './access.ts';
import { useSession } from './session.tsx';
import { seesCritical } from './useCritical.ts';
import { useHubEvents } from './useEvents.ts';

const plainIcons: Record<CenterKind, ComponentType> = {
  imaging: FileImageOutlined,
  ecg: HeartOutlined,
  lab: ExperimentOutlined,
  pathology: NodeIndexOutlined,
  sterilization: MedicineBoxOutlined,
};

interface Counts {
  items: { center: CenterKind; waiting: number; overdue: number }[];
}

function Entry(props: {
  to: string;
  icon: ComponentType;
  label: string;
  waiting?: number;
  overdue?: number;
  sub?: boolean;
  end?: boolean;
}) {
  const { t } = useTranslation('shell');
  const Icon = props.icon;
  return (
    <NavLink
      to={props.to}
      end={props.end ?? false}
      title={props.label}
      className={props.sub ? 'hub-rail-sub' : 'hub-rail-entry'}
    >
      {!props.sub && <Icon />}
      <span className="hub-rail-label">{props.label}</span>
      {!!props.waiting && (
        <span className="hub-count" title={t('rail.waiting', { n: props.waiting })}>
          {props.waiting}
        </span>
      )}
      {!!props.overdue && (
        <span className="hub-count hub-count-over" title={t('rail.overdue', { n: props.overdue })}>
          {t('rail.over', { n: props.overdue })}
        </span>
      )}
    </NavLink>
  );
}

function mayEnter(module: CenterModule | undefined, kind: string, session: Session): boolean {
  if (module?.mayEnter) return module.mayEnter(session);
  return kind === 'quality'
    ? has(session, 'quality', 'regulator', 'center-head')
    : worksIn(session, kind as CenterKind);
}

function CenterEntries({
  module,
  kind,
  counts,
}: {
  module: CenterModule | undefined;
  kind: string;
  counts: Counts | undefined;
}) {
  const { t } = useTranslation(['shell', module?.namespace ?? 'shell']);
  const session = useSession();
  const { pathname } = useLocation();
  const row = counts?.items.find((each) => each.center === kind);
  const open = pathname === `/${kind}` || pathname.startsWith(`/${kind}/`);
  return (
    <>
      <Entry
        to={`/${kind}`}
        end
        icon={
          module?.icon ??
          (kind === 'quality' ? BarChartOutlined : (plainIcons[kind as CenterKind] ?? AppstoreOutlined))
        }
        label={t(`shell:center.${kind}`)}
        {...(row ? { waiting: row.waiting, overdue: row.overdue } : {})}
      />
      {open &&
        (module?.pages ?? [])
          .filter((page) => page.navKey && (page.visible?.(session) ?? true))
          .map((page) => (
            <Entry
              key={page.path}
              to={`/${kind}/${page.path}`}
              sub
              icon={AppstoreOutlined}
              label={t(`${module?.namespace ?? 'shell'}:${page.navKey ?? ''}`)}
            />
          ))}
    </>
  );
}

const order = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization', 'quality'];

/** Left rail: the places this person may enter, each with what waits and what is overdue. */
export function Rail() {
  const { t } = useTranslation('shell');
  const session = useSession();
  const client = useQueryClient();
  const { pathname } = useLocation();
  const [chosen, setChosen] = useState<boolean | null>(null);
  // A case needs the width; on a large screen there is enough for both.
  const narrow = chosen ?? (/^\/orders\/[0-9a-f-]{36}/.test(pathname) && innerWidth < 1700);
  const counts = useQuery({
    queryKey: ['counts'],
    queryFn: () => get<Counts>('/api/worklist-counts'),
    refetchInterval: 60_000,
    enabled: session.centers.length > 0,
    retry: false,
  });
  useHubEvents((event) => {
    if (event.type.startsWith('order') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: ['counts'] });
  });
  useEffect(() => {
    document.title = t('title');
  }, [t]);

  const kinds = order.filter((kind) => {
    const module = modules.find((each) => each.kind === kind);
    return (module || kind !== 'quality') && mayEnter(module, kind, session);
  });
  return (
    <nav className={narrow ? 'hub-rail is-narrow' : 'hub-rail'} aria-label={t('rail.label')}>
      <div className="hub-brand" title={t('title')}>
        <img src="/icon.svg" alt="" width={22} height={22} />
        <span className="hub-rail-label">{t('brand')}</span>
      </div>
      <button
        type="button"
        className="hub-rail-fold"
        title={t(narrow ? 'rail.expand' : 'rail.collapse')}
        aria-label={t(narrow ? 'rail.expand' : 'rail.collapse')}
        onClick={() => setChosen(!narrow)}
      >
        {narrow ? '›' : '‹'}
      </button>
      {requests(session) && (
        <>
          <Entry to="/home" icon={HomeOutlined} label={t('rail.home')} />
          {may(session, 'order.request') && (
            <Entry to="/orders/new" icon={PlusSquareOutlined} label={t('rail.newOrder')} />
          )}
          <Entry to="/orders" end icon={UnorderedListOutlined} label={t('rail.orders')} />
          {may(session, 'patient.refer') && (
            <Entry to="/referrals" icon={SwapOutlined} label={t('rail.referrals')} />
          )}
          {may(session, 'input.upload') && (
            <Entry to="/upload" icon={CloudUploadOutlined} label={t('rail.upload')} />
          )}
        </>
      )}
      {kinds.map((kind) => (
        <CenterEntries
          key={kind}
          kind={kind}
          module={modules.find((m) => m.kind === kind)}
          counts={counts.data}
        />
      ))}
      {seesCritical(session) && <Entry to="/critical" icon={AlertOutlined} label={t('rail.critical')} />}
      {may(session, 'report.acknowledge', 'quality.read') && (
        <Entry to="/notifiable" icon={SafetyCertificateOutlined} label={t('rail.notifiable')} />
      )}
      {may(session, 'unmatched.decide') && <Entry to="/queue" icon={InboxOutlined} label={t('rail.queue')} />}
      {may(session, 'admin.device', 'unmatched.decide') && (
        <Entry to="/interfaces" icon={ApiOutlined} label={t('rail.interfaces')} />
      )}
      {administers(session) && <Entry to="/admin" icon={SettingOutlined} label={t('rail.admin')} />}
      {has(session, 'auditor') && <Entry to="/audit" icon={AuditOutlined} label={t('rail.audit')} />}
    </nav>
  );
}
