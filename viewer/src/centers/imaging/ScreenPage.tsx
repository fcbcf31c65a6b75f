import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { PatientStrip } from '../../shell/PatientStrip.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import Reading from './Reading.tsx';
import { openScreenChannel } from './screenChannel.ts';

/** Second screen: shows the images of whatever case the reading window opens. */
export default function ScreenPage() {
  const { t } = useTranslation('imaging');
  const client = useQueryClient();
  const [orderId, setOrderId] = useState<string | null>(null);
  useEffect(() => {
    const channel = openScreenChannel((message) => {
      if (message.type !== 'open') return;
      setOrderId(message.orderId);
      void client.invalidateQueries({ queryKey: ['order', message.orderId] });
    });
    channel.send({ type: 'hello' });
    document.title = t('screen.title');
    const leave = () => channel.send({ type: 'bye' });
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      channel.close();
    };
  }, [t, client]);
  if (!orderId) return <Empty text={t('screen.waiting')} />;
  return <Screen key={orderId} orderId={orderId} />;
}

function Screen({ orderId }: { orderId: string }) {
  const client = useQueryClient();
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => get<Order>(`/api/orders/${orderId}`),
    gcTime: 0,
  });
  if (order.isPending) return <Loading rows={8} />;
  if (order.isError) return <Failed error={order.error} retry={() => void order.refetch()} />;
  return (
    <div className="hub-case">
      <PatientStrip order={order.data} />
      <Reading
        order={order.data}
        reload={() => void client.invalidateQueries({ queryKey: ['order', orderId] })}
      />
    </div>
  );
}
