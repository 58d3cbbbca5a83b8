-- Gateways and agents, and what agents can carry. Which of them are here is truth for all control instances.

create table node (
  node_id uuid not null default gen_random_uuid(),
  role text not null,
  name text not null,
  version text not null,
  credential_hash bytea not null,
  enrolled_at timestamptz not null default now(),
  control_id uuid,
  connection_id uuid,
  seen_at timestamptz not null default now(),
  constraint node_pkey primary key (node_id),
  constraint node_credential_hash_key unique (credential_hash),
  constraint node_role_known check (role in ('gateway', 'agent')),
  constraint node_name_length check (length(name) between 1 and 255),
  constraint node_version_length check (length(version) <= 100),
  constraint node_credential_hash_length check (length(credential_hash) = 32),
  constraint node_connection_whole check ((control_id is null) = (connection_id is null))
);
comment on table node is 'A gateway or agent that was enrolled once.';
comment on column node.credential_hash is 'SHA-256 of the node''s credential, which itself is kept nowhere here.';
comment on column node.control_id is 'The control instance that holds its link; null while it is away.';
comment on column node.connection_id is 'The link connection it came by last: an older one of the same node must not speak for it.';
comment on column node.seen_at is 'Refreshed while the link is up, so that a control instance that died takes no node with it.';

create table agent (
  agent_id uuid not null,
  runtime text not null,
  runtime_version text not null,
  runtime_problem text not null,
  cores double precision not null,
  memory_bytes bigint not null,
  images text[] not null default '{}',
  reported_at timestamptz not null default now(),
  constraint agent_pkey primary key (agent_id),
  constraint agent_agent_id_fkey foreign key (agent_id) references node (node_id) on delete cascade,
  constraint agent_runtime_known check (runtime in ('docker', 'process', 'none')),
  constraint agent_cores_range check (cores >= 0 and cores <= 65536),
  constraint agent_memory_bytes_range check (memory_bytes >= 0)
);
comment on table agent is 'What each agent last said of its host.';
comment on column agent.runtime_problem is 'Runtime none: why, and the ways out, in the agent''s words.';
