// Stands in for Cornerstone's viewports of the coming generation, which have to be asked for by their own types.
import { notHere } from './notHere.ts';

class NotHere {
  constructor() {
    notHere('this kind of viewport')();
  }
}
const none = notHere('this kind of viewport');
export default NotHere;
export {
  NotHere as DefaultECGDataProvider,
  NotHere as DefaultPlanarDataProvider,
  NotHere as DefaultVideoDataProvider,
  NotHere as DefaultVolume3DDataProvider,
  NotHere as DefaultWSIDataProvider,
  none as createDefaultECGRenderPaths,
  none as createDefaultPlanarRenderPaths,
  none as createDefaultVideoRenderPaths,
  none as createDefaultVolume3DRenderPaths,
  none as createDefaultWSIRenderPaths,
  none as createECGRenderPathResolver,
  none as createPlanarRenderPathResolver,
  none as createVideoRenderPathResolver,
  none as createVolume3DRenderPathResolver,
  none as createWSIRenderPathResolver,
  none as ecgProjection,
  none as planarProjection,
  none as videoProjection,
  none as volume3DProjection,
  none as wsiProjection,
};
