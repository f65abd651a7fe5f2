/**
 * Places in a layout, as people call them.
 */

import { type Place, quote } from '../issues.ts';

/** The place that is a key of a layer. */
export function keyPlace(layer: Place, key: number): Place {
  return { ...layer, name: `${layer.name}, key ${key}`, key };
}

/** The place that is a layer. */
export function layerPlace(layer: number, name: string | undefined): Place {
  return { name: name === undefined ? `layer ${layer}` : `layer ${layer} ${quote(name)}`, layer };
}

/** A binding of a macro. */
export function bindingPlace(place: Place, index: number): Place {
  return { ...place, name: `${place.name}, binding ${index}` };
}
