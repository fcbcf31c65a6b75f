import { BellOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Badge, Button, Drawer } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { get, post } from '../api/client.ts';
import { dateTime } from './format.ts';
import { noticePath, noticeText, type Notice } from './noticeText.ts';
import { Empty, errorText, Failed, Loading } from './states.tsx';
import { useHubEvents } from './useEvents.ts';

const KEY = ['notices'];

/** What the hub has told this person or his site: recalls, rejected specimens, corrected reports, tickets; read one by one. */
export function NoticeBell() {
  const { t } = useTranslation('shell');
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const notices = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await get<{ items: Notice[] }>('/api/notifications', signal)).items,
    refetchInterval: 60_000,
  });
  useHubEvents((event) => {
    if (/^(notification|sterilization|specimen|ticket|notifiable|reset)/.test(event.type))
      void client.invalidateQueries({ queryKey: KEY });
  });
  const items = notices.data ?? [];
  const read = async (some: readonly Notice[]) => {
    try {
      for (const notice of some) await post(`/api/notifications/${notice.id}/read`, {});
    } catch (error) {
      message.error(errorText(error, t));
    }
    await client.invalidateQueries({ queryKey: KEY });
  };
  const look = (notice: Notice) => {
    const path = noticePath(notice);
    void read([notice]);
    if (!path) return;
    setOpen(false);
    void navigate(path);
  };
  return (
    <>
      <Badge count={items.length} size="small" offset={[-4, 4]} color="blue" overflowCount={99}>
        <Button
          type="text"
          icon={<BellOutlined />}
          aria-label={t('notice.bell', { n: items.length })}
          title={t('notice.bell', { n: items.length })}
          onClick={() => setOpen(true)}
        />
      </Badge>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={t('notice.title')}
        size={420}
        extra={
          items.length > 0 && (
            <Button size="small" onClick={() => void read(items)}>
              {t('notice.readAll')}
            </Button>
          )
        }
      >
        {notices.isPending ? (
          <Loading />
        ) : notices.isError ? (
          <Failed error={notices.error} retry={() => void notices.refetch()} />
        ) : items.length === 0 ? (
          <Empty text={t('notice.none')} />
        ) : (
          <Suspense fallback={<Loading />}>
            <NoticeList items={items} look={look} read={(notice) => void read([notice])} />
          </Suspense>
        )}
      </Drawer>
    </>
  );
}

interface ListProps {
  items: readonly Notice[];
  look: (notice: Notice) => void;
  read: (notice: Notice) => void;
}

/** The notices in sentences; words of imaging and quality are loaded with the list, not with every page. */
function NoticeList({ items, look, read }: ListProps) {
  const { t, i18n } = useTranslation(['shell', 'imaging', 'quality']);
  return (
    <ul className="hub-notices">
      {items.map((notice) => (
        <li key={notice.id}>
          <button type="button" className="hub-link" onClick={() => look(notice)}>
            {noticeText(notice, t, i18n.language)}
          </button>
          <span className="hub-quiet hub-num">{dateTime(notice.createdAt)}</span>
          <Button size="small" type="text" onClick={() => read(notice)}>
            {t('notice.read')}
          </Button>
        </li>
      ))}
    </ul>
  );
}
