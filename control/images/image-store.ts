/** The catalogue of workspace images in the database. */
import type { GroupId, ImageId, UserId } from '../../config/ids.ts';
import { brokenConstraint, type Db } from '../db/connect.ts';
import type { GroupImage, Image, ImageProtocol } from './image.ts';

/** Columns the API may set. */
export interface ImageFields {
  readonly name?: string;
  readonly friendly_name?: string;
  readonly description?: string;
  readonly notes?: string;
  readonly image_src?: string;
  readonly categories?: readonly string[];
  readonly protocol?: ImageProtocol;
  readonly local?: boolean;
  readonly enabled?: boolean;
  readonly hidden?: boolean;
  readonly cores?: number;
  readonly memory_bytes?: number;
  readonly x_res?: number;
  readonly y_res?: number;
  readonly docker_registry?: string;
  readonly run_config?: Readonly<Record<string, unknown>>;
  readonly data_loss_prevention?: Readonly<Record<string, unknown>>;
  readonly tell_kasmvnc?: boolean;
}

type ImageRow = Omit<Image, 'memoryBytes'> & { readonly memoryBytes: string };

export class ImageStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async find(imageId: ImageId): Promise<Image | undefined> {
    const rows = await this.#db<
      ImageRow[]
    >`select ${this.#columns()} from image where image.image_id = ${imageId}`;
    return rows.map(readRow)[0];
  }

  /** The whole catalogue, by friendly name. */
  async list(): Promise<Image[]> {
    const rows = await this.#db<ImageRow[]>`
      select ${this.#columns()} from image order by image.friendly_name, image.image_id`;
    return rows.map(readRow);
  }

  /** What a user may launch: enabled, and granted to one of the user's groups. */
  async listGranted(userId: UserId): Promise<Image[]> {
    const rows = await this.#db<ImageRow[]>`
      select ${this.#columns()} from image
      where image.enabled and ${this.#granted(userId)} order by image.friendly_name, image.image_id`;
    return rows.map(readRow);
  }

  /** Whether a user may launch an image. Administrators need the grant as well, as in Kasm. */
  async isGranted(userId: UserId, imageId: ImageId): Promise<boolean> {
    const rows = await this.#db`
      select from image where image.image_id = ${imageId} and image.enabled and ${this.#granted(userId)}`;
    return rows.length > 0;
  }

  async create(fields: ImageFields & { name: string; friendly_name: string }): Promise<Image> {
    const rows = await this.#db<ImageRow[]>`
      insert into image ${this.#db(this.#values(fields))} returning ${this.#columns()}`;
    return readRow(rows[0] as ImageRow);
  }

  async update(imageId: ImageId, fields: ImageFields): Promise<Image | undefined> {
    if (Object.keys(fields).length === 0) return this.find(imageId);
    const rows = await this.#db<ImageRow[]>`
      update image set ${this.#db(this.#values(fields))}, updated_at = now()
      where image.image_id = ${imageId} returning ${this.#columns()}`;
    return rows.map(readRow)[0];
  }

  /** An image with sessions stays. */
  async delete(imageId: ImageId): Promise<'deleted' | 'unknown_image' | 'in_use'> {
    try {
      const { count } = await this.#db`delete from image where image_id = ${imageId}`;
      return count > 0 ? 'deleted' : 'unknown_image';
    } catch (error) {
      if (brokenConstraint(error) === 'session_image_id_fkey') return 'in_use';
      throw error;
    }
  }

  async listOfGroup(groupId: GroupId): Promise<GroupImage[]> {
    return this.#db<GroupImage[]>`
      select gi.group_image_id as "groupImageId", gi.group_id as "groupId", g.name as "groupName",
        i.image_id as "imageId", i.name as "imageName", i.friendly_name as "imageFriendlyName",
        i.image_src as "imageSrc"
      from group_image gi join user_group g using (group_id) join image i using (image_id)
      where gi.group_id = ${groupId} order by i.friendly_name`;
  }

  /** Granting twice is no error. */
  async grant(groupId: GroupId, imageId: ImageId): Promise<'granted' | 'unknown_group' | 'unknown_image'> {
    try {
      await this.#db`
        insert into group_image ${this.#db({ group_id: groupId, image_id: imageId })} on conflict do nothing`;
      return 'granted';
    } catch (error) {
      const constraint = brokenConstraint(error);
      if (constraint === 'group_image_group_id_fkey') return 'unknown_group';
      if (constraint === 'group_image_image_id_fkey') return 'unknown_image';
      throw error;
    }
  }

  async revoke(groupId: GroupId, imageId: ImageId): Promise<boolean> {
    const result = await this.#db`
      delete from group_image where group_id = ${groupId} and image_id = ${imageId}`;
    return result.count > 0;
  }

  #granted(userId: UserId) {
    return this.#db`exists (
      select from group_image gi join user_group_member m using (group_id)
      where gi.image_id = image.image_id and m.user_id = ${userId})`;
  }

  #values(fields: ImageFields) {
    const { run_config, data_loss_prevention, categories, ...rest } = fields;
    const json = (value: object) => this.#db.json(value as never);
    return {
      ...rest,
      ...(categories === undefined ? {} : { categories: [...categories] }),
      ...(run_config === undefined ? {} : { run_config: json(run_config) }),
      ...(data_loss_prevention === undefined ? {} : { data_loss_prevention: json(data_loss_prevention) }),
    };
  }

  #columns() {
    return this
      .#db`image.image_id as "imageId", image.name, image.friendly_name as "friendlyName", image.description, image.notes,
      image.image_src as "imageSrc", image.categories, image.protocol, image.local, image.enabled, image.hidden, image.cores,
      image.memory_bytes as "memoryBytes", image.x_res as "xRes", image.y_res as "yRes",
      image.docker_registry as "dockerRegistry", image.run_config as "runConfig",
      image.data_loss_prevention as "dataLossPrevention", image.tell_kasmvnc as "tellKasmvnc",
      image.created_at as "createdAt", image.updated_at as "updatedAt"`;
  }
}

/** bigint arrives as text; the column's check keeps it within what a number holds exactly. */
function readRow(row: ImageRow): Image {
  return { ...row, memoryBytes: Number(row.memoryBytes) };
}
