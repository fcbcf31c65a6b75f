/** Stands in for `xmlbuilder2` and its DOM (1 MB of source), which VTK needs for files of meshes that nobody opens here. */
export function create(): never {
  throw new Error('XML meshes are not part of this application');
}
