import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Tabs } from 'antd';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { get } from '../api/client.ts';
import type { Order } from '../api/types.ts';
import type { CasePaneProps } from '../centers/contract.ts';
import { modules } from '../centers/index.ts';
import { lastCenter } from '../lastCenter.ts';
import { lazyPane } from '../shell/lazyPane.ts';
import { ErrorBoundary } from '../shell/ErrorBoundary.tsx';
import { Later } from '../shell/Later.tsx';
import { OrderActions } from '../shell/order/OrderActions.tsx';
import { OrderFacts } from '../shell/order/OrderFacts.tsx';
import { RecognitionDecisions } from '../shell/order/RecognitionDecisions.tsx';
import { PatientStrip } from '../shell/PatientStrip.tsx';
import { preparedKey } from '../shell/prepareCase.ts';
import { AlgorithmDrafts } from '../shell/report/AlgorithmDrafts.tsx';
import { ReportPane } from '../shell/ReportPane.tsx';
import { may } from '../shell/access.ts';
import { useSession } from '../shell/session.tsx';
import { SignedResult } from '../shell/order/SignedResult.tsx';
import { Failed, Loading } from '../shell/states.tsx';
import { Timeline } from '../shell/Timeline.tsx';
import { useHubEvents } from '../shell/useEvents.ts';
import { useKeys } from '../shell/useKeys.ts';

/** Whether the timeline stands under a case, as this workstation left it. */
const timelineKey = 'hub.timeline';

/** A case whose input is still arriving is asked for again after this, and grows. */
const receivingMs = 5_000;

/** One case: strip, input on the left, result on the right, timeline below. Keyed by order id. */
export default function CasePage() {
  const { orderId = '' } = useParams();
  return <Case key={orderId} orderId={orderId} />;
}

function Case({ orderId }: { orderId: string }) {
  const client = useQueryClient();
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => get<Order>(`/api/orders/${orderId}`),
    gcTime: 0,
    refetchInterval: (query) => (query.state.data?.receiving ? receivingMs : false),
    // Fetched while its row was pointed at: shown at once, and asked for again, which the audit takes for the look.
    initialData: () => client.getQueryData<Order>(preparedKey(orderId)),
    initialDataUpdatedAt: 0,
  });
  useEffect(() => () => client.removeQueries({ queryKey: preparedKey(orderId) }), [client, orderId]);
  const reload = useCallback(
    () => void client.invalidateQueries({ queryKey: ['order', orderId] }),
    [client, orderId],
  );
  useHubEvents((event) => {
    if (event.type === 'reset' || event.data.orderId === orderId) reload();
  });
  if (order.isPending) return <Loading rows={10} />;
  if (order.isError) return <Failed error={order.error} retry={() => void order.refetch()} />;
  return <CaseView order={order.data} reload={reload} />;
}

function CaseView({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const navigate = useNavigate();
  const module = modules.find((each) => each.kind === order.center);
  const reader = session.centers.includes(order.center);
  const [wide, setWide] = useState(() => localStorage.getItem(timelineKey) !== 'closed');
  const toggleTimeline = () => {
    localStorage.setItem(timelineKey, wide ? 'closed' : 'open');
    setWide(!wide);
  };
  const panes = useMemo(
    () => ({
      body: module?.CaseBody && lazyPane(module.CaseBody),
      input: module?.InputPane && lazyPane(module.InputPane),
      result: module?.ResultPane && lazyPane(module.ResultPane),
      submit: module?.SubmitPane && lazyPane(module.SubmitPane),
    }),
    [module],
  );
  useEffect(() => lastCenter.set(order.center), [order.center]);
  const who = order.patient?.name ?? order.accessionNumber;
  useEffect(() => {
    const before = document.title;
    document.title = `${who} · ${t('title')}`;
    return () => {
      document.title = before;
    };
  }, [who, t]);
  useKeys({
    escape: { label: t('keys.back'), run: () => void navigate(reader ? `/${order.center}` : '/orders') },
    'alt+t': { label: t('keys.timeline'), inText: true, run: toggleTimeline },
  });

  const Body = panes.body;
  const Input = panes.input;
  const Result = panes.result;
  const Submit = panes.submit;
  const ours = [order.requestingInstitutionId, order.performingInstitutionId].includes(
    session.institution.id,
  );
  const sites = !reader && ours && Submit;
  return (
    <div className="hub-case" key={order.id}>
      <PatientStrip order={order}>
        <OrderActions order={order} reload={reload} />
        <Button size="small" type="text" aria-pressed={wide} onClick={toggleTimeline}>
          {t('timeline.label')}
        </Button>
      </PatientStrip>
      <ErrorBoundary resetKey={order.id}>
        <Suspense fallback={<Loading rows={8} />}>
          {Body ? (
            <div className="hub-case-left" style={{ flex: 1 }}>
              <Body order={order} reload={reload} />
            </div>
          ) : (
            <div className="hub-case-body">
              <div className="hub-case-left">
                {Input ? <Input order={order} reload={reload} /> : <OrderFacts order={order} />}
                {sites && (
                  <div className="hub-panel" style={{ margin: 8 }}>
                    <Submit order={order} reload={reload} />
                  </div>
                )}
              </div>
              <div className="hub-case-right">
                <Later meanwhile={<Loading rows={8} />}>
                  {reader && <AlgorithmDrafts order={order} />}
                  <RecognitionDecisions orderId={order.id} />
                  <Tabs
                    size="small"
                    tabBarStyle={{ paddingInline: 10, marginBottom: 0 }}
                    items={[
                      // Who sees to orders and images only has no report to read.
                      may(session, 'report.read', 'report.write') && {
                        key: 'report',
                        label: t('report.label', { context: order.center }),
                        children: !reader ? (
                          <SignedResult order={order} reload={reload} />
                        ) : Result ? (
                          <Result order={order} reload={reload} />
                        ) : (
                          <ReportPane
                            order={order}
                            reload={reload}
                            modality={order.modality ?? null}
                            bodyPart={order.bodyPart ?? null}
                          />
                        ),
                      },
                      { key: 'facts', label: t('order.facts'), children: <OrderFacts order={order} /> },
                    ].filter((each) => each !== false)}
                  />
                </Later>
              </div>
            </div>
          )}
        </Suspense>
      </ErrorBoundary>
      {wide && (
        <div className="hub-case-bottom">
          <Timeline orderId={order.id} center={order.center} />
        </div>
      )}
    </div>
  );
}
