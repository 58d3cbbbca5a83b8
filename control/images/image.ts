/** Workspace images: the record and how the API writes it. Pure. */
import type { GroupId, ImageId } from '../../config/ids.ts';

export type ImageProtocol = 'kasmvnc' | 'rfb';

export interface Image {
  readonly imageId: ImageId;
  /** Docker reference with an explicit tag. */
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly notes: string;
  /** Thumbnail: a path or address for the launcher's card; may be empty. */
  readonly imageSrc: string;
  readonly categories: readonly string[];
  readonly protocol: ImageProtocol;
  /** Made on the agent's host by the image script: never pulled. */
  readonly local: boolean;
  readonly enabled: boolean;
  readonly hidden: boolean;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly xRes: number;
  readonly yRes: number;
  readonly dockerRegistry: string;
  readonly runConfig: Readonly<Record<string, unknown>>;
  /** A data_loss_prevention document that holds for every stream of the image's desktops, beside their users' settings. */
  readonly dataLossPrevention: Readonly<Record<string, unknown>>;
  /** Agents write into the kasmvnc.yaml of its desktops what of a policy only KasmVNC can do. */
  readonly tellKasmvnc: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An image granted to a group. */
export interface GroupImage {
  readonly groupImageId: string;
  readonly groupId: GroupId;
  readonly groupName: string;
  readonly imageId: ImageId;
  readonly imageName: string;
  readonly imageFriendlyName: string;
  readonly imageSrc: string;
}

/** The API's Image object. */
export function imageView(image: Image) {
  return {
    image_id: image.imageId,
    name: image.name,
    friendly_name: image.friendlyName,
    description: image.description,
    notes: image.notes,
    image_src: image.imageSrc,
    categories: [...image.categories],
    image_type: 'Container' as const,
    protocol: image.protocol,
    local: image.local,
    enabled: image.enabled,
    hidden: image.hidden,
    cores: image.cores,
    memory: image.memoryBytes,
    x_res: image.xRes,
    y_res: image.yRes,
    docker_registry: image.dockerRegistry,
    run_config: image.runConfig,
    data_loss_prevention: image.dataLossPrevention,
    tell_kasmvnc: image.tellKasmvnc,
    gpu_count: 0,
    cpu_allocation_method: 'Inherit' as const,
    persistent_profile_path: null,
  };
}

export function groupImageView(granted: GroupImage) {
  return {
    group_image_id: granted.groupImageId,
    group_id: granted.groupId,
    group_name: granted.groupName,
    image_id: granted.imageId,
    image_name: granted.imageName,
    image_friendly_name: granted.imageFriendlyName,
    image_src: granted.imageSrc,
  };
}
