/** Groups: the record, how the API writes it, and the groups that come with the product. Pure. */
import type { GroupId } from '../../config/ids.ts';

/** Every new user joins it; Kasm's fixed id. */
export const allUsersId = '68d557ac-4cac-42cc-a9f3-1c7c853de0f3' as GroupId;
export const administratorsId = '31aff6d6-7b1b-4d0a-8f0c-6b6f2f0e9d10' as GroupId;

export interface Group {
  readonly groupId: GroupId;
  readonly name: string;
  readonly description: string;
  readonly priority: number;
  readonly isSystem: boolean;
  readonly globalAdmin: boolean;
}

/** The API's Group object. */
export function groupView(group: Group) {
  return {
    group_id: group.groupId,
    name: group.name,
    description: group.description,
    priority: group.priority,
    is_system: group.isSystem,
    permissions: group.globalAdmin ? ['global_admin'] : ['user'],
  };
}
