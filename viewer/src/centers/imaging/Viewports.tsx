import { useRef, type ComponentProps, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed } from '../../shell/states.tsx';
import { DocumentView } from '../../panes/DocumentView.tsx';
import { StackView } from '../../panes/StackView.tsx';
import { imageIndexOf, type DisplaySet } from '../../panes/study/displaySets.ts';
import type { ReferencedImage, ReferencedObject } from '../../panes/study/keyObjects.ts';
import { viewportId, type RoomLayout } from './useLayout.ts';
import type { Shown } from './viewingQuality.ts';
import { scrollTo } from './viewportActs.ts';
import type { LocatedPoint } from './useLocate.ts';

interface Props {
  room: RoomLayout;
  sets: ReadonlyMap<string, DisplaySet>;
  priorSets: readonly DisplaySet[];
  overlay: boolean;
  planes: boolean;
  hidden: boolean;
  point: LocatedPoint | null;
  /** Given while the reader points at places. */
  onPoint?: ((index: number, world: [number, number, number]) => void) | undefined;
  onSlice: (index: number, imageIndex: number) => void;
  onQuality: (index: number, shown: Shown | null) => void;
  onFullImage: (imageId: string) => void;
  /** Why nothing of the study could be loaded; told instead of empty viewports. */
  failure: unknown;
  onRetry: () => void;
  /** Takes images of a key object selection over into the report. */
  onTakeKeyImages?: ((images: readonly ReferencedImage[]) => void) | undefined;
}

/** The grid of viewports: stacks, documents, and empty ones to drop a series into. */
export function Viewports({
  room,
  sets,
  priorSets,
  overlay,
  planes,
  hidden,
  point,
  onPoint,
  onSlice,
  onQuality,
  onFullImage,
  failure,
  onRetry,
  onTakeKeyImages,
}: Props) {
  const { t } = useTranslation('imaging');
  const left = useRef<ComponentProps<typeof StackView>['left']>(new Map());
  const { rows, columns } = room.single ? { rows: 1, columns: 1 } : room.layout;
  /** An image that a document points at: where its stack stands already, or else in the next viewport. */
  const showImage = (from: number, image: ReferencedObject): boolean => {
    for (const set of sets.values()) {
      const at = imageIndexOf(set, image);
      if (at === null) continue;
      const open = room.indices.find((index) => room.shown[index] === set.id);
      const target = open ?? room.indices[(room.indices.indexOf(from) + 1) % room.indices.length] ?? from;
      left.current.set(set.id, { index: at, voi: left.current.get(set.id)?.voi });
      if (open === undefined) room.put(target, set.id);
      else {
        room.activate(target);
        scrollTo(viewportId(target), at);
      }
      return true;
    }
    return false;
  };
  return (
    <div
      className={`hub-viewports ${onPoint ? 'is-locating' : ''}`}
      hidden={hidden}
      style={{
        gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
      }}
    >
      {(hidden ? [] : room.indices).map((index) => {
        const set = sets.get(room.shown[index] ?? '');
        const activate = () => room.activate(index);
        const drop = {
          onDragOver: (event: DragEvent) => event.preventDefault(),
          onDrop: (event: DragEvent) => {
            const id = event.dataTransfer.getData('application/x-display-set');
            if (id) room.put(index, id);
          },
        };
        if (!set)
          return (
            <div
              key={index}
              className={`hub-viewport is-empty ${index === room.active ? 'is-active' : ''}`}
              onClick={activate}
              {...drop}
            >
              {failure !== null && sets.size === 0 ? (
                <Failed error={failure} retry={onRetry} />
              ) : (
                t(room.kept.includes(index) ? 'hanging.waiting' : 'dropHere')
              )}
            </div>
          );
        if (set.imageIds.length === 0)
          return (
            <div
              key={index}
              className={`hub-viewport ${index === room.active ? 'is-active' : ''}`}
              onClick={activate}
              {...drop}
            >
              <DocumentView set={set} onShow={(image) => showImage(index, image)} onTake={onTakeKeyImages} />
            </div>
          );
        return (
          <StackView
            key={index}
            viewportId={viewportId(index)}
            set={set}
            active={index === room.active && room.count > 1}
            overlay={overlay}
            planes={planes}
            prior={priorSets.includes(set) ? t('prior') : undefined}
            point={point}
            onPoint={onPoint && ((world) => onPoint(index, world))}
            onActivate={activate}
            onToggleSingle={() => {
              room.activate(index);
              room.toggleSingle();
            }}
            onDropSet={(id) => room.put(index, id)}
            onSlice={(imageIndex) => onSlice(index, imageIndex)}
            onQuality={(shown) => onQuality(index, shown)}
            onFullImage={onFullImage}
            left={left.current}
          />
        );
      })}
    </div>
  );
}
