-- Users, their groups and settings, logins, and the catalogue of workspace images.
-- Names are singular; "user" and "group" are words of SQL, hence user_account and user_group.

create table user_account (
  user_id uuid not null default gen_random_uuid(),
  username text not null,
  password_hash text not null,
  first_name text not null default '',
  last_name text not null default '',
  email text not null default '',
  phone text not null default '',
  organization text not null default '',
  notes text not null default '',
  locked boolean not null default false,
  disabled boolean not null default false,
  password_set_at timestamptz not null default now(),
  last_session_at timestamptz,
  created_at timestamptz not null default now(),
  constraint user_account_pkey primary key (user_id),
  constraint user_account_username_key unique (username),
  constraint user_account_username_lower_case check (username = lower(username)),
  constraint user_account_username_length check (length(username) between 1 and 255)
);
comment on table user_account is 'A person who may log in. No row here is ever a desktop''s user.';
comment on column user_account.username is 'Lower case: two users may not differ only in case.';
comment on column user_account.password_hash is 'argon2id, PHC string; never the password.';
comment on column user_account.locked is 'Locked by an administrator: no login, running streams are cut.';
comment on column user_account.disabled is 'As locked; kept apart because the API shows both.';
comment on column user_account.last_session_at is 'When a session was last requested.';

create table user_group (
  group_id uuid not null default gen_random_uuid(),
  name text not null,
  description text not null default '',
  priority integer not null,
  is_system boolean not null default false,
  global_admin boolean not null default false,
  created_at timestamptz not null default now(),
  constraint user_group_pkey primary key (group_id),
  constraint user_group_name_key unique (name),
  constraint user_group_priority_key unique (priority),
  constraint user_group_priority_range check (priority between 1 and 1000000),
  constraint user_group_name_length check (length(name) between 1 and 255)
);
comment on table user_group is 'Carries settings and granted images; for a setting the lowest priority number that defines it wins.';
comment on column user_group.is_system is 'Comes with the product and cannot be deleted or renamed.';
comment on column user_group.global_admin is 'Its members may do everything.';

create table user_group_member (
  user_id uuid not null,
  group_id uuid not null,
  constraint user_group_member_pkey primary key (user_id, group_id),
  constraint user_group_member_user_id_fkey foreign key (user_id)
    references user_account (user_id) on delete cascade,
  constraint user_group_member_group_id_fkey foreign key (group_id)
    references user_group (group_id) on delete cascade
);
create index user_group_member_group_id_index on user_group_member (group_id);
comment on table user_group_member is 'Who is in which group.';

create table group_setting (
  group_setting_id uuid not null default gen_random_uuid(),
  group_id uuid not null,
  name text not null,
  value text not null,
  constraint group_setting_pkey primary key (group_setting_id),
  constraint group_setting_name_key unique (group_id, name),
  constraint group_setting_name_form check (name ~ '^[a-z][a-z0-9_.]{0,99}$'),
  constraint group_setting_value_length check (length(value) <= 65536),
  constraint group_setting_group_id_fkey foreign key (group_id)
    references user_group (group_id) on delete cascade
);
comment on table group_setting is 'Group settings by their Kasm names.';
comment on column group_setting.value is 'In the API''s text form: True, False, a number, JSON.';

create table image (
  image_id uuid not null default gen_random_uuid(),
  name text not null,
  friendly_name text not null,
  description text not null default '',
  notes text not null default '',
  image_src text not null default '',
  categories text[] not null default '{}',
  image_type text not null default 'Container',
  protocol text not null default 'kasmvnc',
  local boolean not null default false,
  enabled boolean not null default true,
  hidden boolean not null default false,
  cores double precision not null default 2,
  memory_bytes bigint not null default 2768000000,
  x_res integer not null default 1280,
  y_res integer not null default 800,
  docker_registry text not null default '',
  run_config jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint image_pkey primary key (image_id),
  constraint image_name_length check (length(name) between 1 and 255),
  constraint image_friendly_name_length check (length(friendly_name) between 1 and 255),
  constraint image_image_type_known check (image_type in ('Container')),
  constraint image_protocol_known check (protocol in ('kasmvnc', 'rfb')),
  constraint image_cores_range check (cores > 0 and cores <= 1024),
  constraint image_memory_bytes_range check (memory_bytes between 16777216 and 1099511627776000),
  constraint image_resolution_range check (x_res between 64 and 32767 and y_res between 64 and 32767)
);
comment on table image is 'The catalogue entry users launch (workspace image), not the registry''s artefact.';
comment on column image.name is 'Docker reference with an explicit tag.';
comment on column image.protocol is 'What the desktop in the container speaks.';
comment on column image.local is 'Made on the agent''s host by the image script: never pulled.';

create table group_image (
  group_image_id uuid not null default gen_random_uuid(),
  group_id uuid not null,
  image_id uuid not null,
  constraint group_image_pkey primary key (group_image_id),
  constraint group_image_pair_key unique (group_id, image_id),
  constraint group_image_group_id_fkey foreign key (group_id)
    references user_group (group_id) on delete cascade,
  constraint group_image_image_id_fkey foreign key (image_id)
    references image (image_id) on delete cascade
);
create index group_image_image_id_index on group_image (image_id);
comment on table group_image is 'Which group''s members may launch which image.';

create table login (
  login_id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint login_pkey primary key (login_id),
  constraint login_token_hash_key unique (token_hash),
  constraint login_token_hash_length check (length(token_hash) = 32),
  constraint login_expires_later check (expires_at > created_at),
  constraint login_user_id_fkey foreign key (user_id)
    references user_account (user_id) on delete cascade
);
create index login_user_id_index on login (user_id);
create index login_expires_at_index on login (expires_at);
comment on table login is 'A user''s authenticated browser or program; not a session, which is a running workspace.';
comment on column login.token_hash is 'SHA-256 of the token, which itself is kept nowhere.';

create table secret (
  name text not null,
  value bytea not null,
  created_at timestamptz not null default now(),
  constraint secret_pkey primary key (name),
  constraint secret_value_length check (length(value) between 16 and 1024)
);
comment on table secret is 'Keys that all control instances on this database share.';

insert into user_group (group_id, name, description, priority, is_system, global_admin) values
  ('68d557ac-4cac-42cc-a9f3-1c7c853de0f3', 'All Users', 'Every user.', 1000, true, false),
  ('31aff6d6-7b1b-4d0a-8f0c-6b6f2f0e9d10', 'Administrators', 'May do everything.', 1, true, true);

insert into group_setting (group_id, name, value) values
  ('68d557ac-4cac-42cc-a9f3-1c7c853de0f3', 'allow_kasm_clipboard_up', 'True'),
  ('68d557ac-4cac-42cc-a9f3-1c7c853de0f3', 'allow_kasm_clipboard_down', 'True'),
  ('68d557ac-4cac-42cc-a9f3-1c7c853de0f3', 'allow_kasm_clipboard_seamless', 'True');
