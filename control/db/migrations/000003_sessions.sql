-- Sessions, the states they may pass through, and what remains of them.

create table session_transition (
  from_status text not null,
  to_status text not null,
  constraint session_transition_pkey primary key (from_status, to_status)
);
comment on table session_transition is 'The legal steps of a session. "new" comes before the row, "gone" after it.';

insert into session_transition (from_status, to_status) values
  ('new', 'requested'),
  ('requested', 'starting'),
  ('requested', 'deleting'),
  ('requested', 'gone'),
  ('starting', 'running'),
  ('starting', 'deleting'),
  ('starting', 'gone'),
  ('running', 'deleting'),
  ('running', 'gone'),
  ('deleting', 'gone');

create table session_history (
  session_id uuid not null,
  user_id uuid not null,
  username text not null,
  image_id uuid not null,
  image_name text not null,
  agent_id uuid,
  last_status text not null,
  destroy_reason text not null,
  error_message text not null default '',
  requested_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz not null default now(),
  constraint session_history_pkey primary key (session_id),
  constraint session_history_destroy_reason_known check (destroy_reason in (
    'user_destroyed', 'admin_destroyed', 'user_deleted', 'start_failed', 'start_timeout', 'exited', 'vanished'
  )),
  constraint session_history_failure_explained check (
    destroy_reason not in ('start_failed', 'start_timeout', 'exited', 'vanished') or error_message <> ''
  )
);
create index session_history_user_id_index on session_history (user_id, ended_at);
comment on table session_history is 'One row for every session that ended. Names are kept as they were: users and images come and go.';
comment on column session_history.error_message is 'For the user and the API: why it ended, where nobody asked for it.';

create table session (
  session_id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  image_id uuid not null,
  agent_id uuid,
  operational_status text not null,
  previous_status text not null default 'new',
  operational_message text not null default '',
  operational_progress integer not null default 0,
  requested_at timestamptz not null default now(),
  heard_at timestamptz not null default now(),
  started_at timestamptz,
  active_at timestamptz not null default now(),
  deleting_at timestamptz,
  destroy_reason text,
  error_message text not null default '',
  image_name text not null,
  image_local boolean not null,
  protocol text not null,
  cores double precision not null,
  memory_bytes bigint not null,
  width integer not null,
  height integer not null,
  environment jsonb not null default '{}',
  hostname text not null default '',
  container_id text not null default '',
  container_ip text not null default '',
  token_generation integer not null default 1,
  policy_version integer not null default 1,
  constraint session_pkey primary key (session_id),
  constraint session_legal_step foreign key (previous_status, operational_status)
    references session_transition (from_status, to_status),
  constraint session_user_id_fkey foreign key (user_id) references user_account (user_id) on delete restrict,
  constraint session_image_id_fkey foreign key (image_id) references image (image_id) on delete restrict,
  constraint session_agent_id_fkey foreign key (agent_id) references node (node_id) on delete restrict,
  constraint session_not_gone check (operational_status <> 'gone'),
  constraint session_agent_chosen check (agent_id is not null or operational_status in ('requested', 'deleting')),
  constraint session_running_started check (operational_status <> 'running' or started_at is not null),
  constraint session_deleting_reason check (
    (operational_status = 'deleting') = (deleting_at is not null and destroy_reason is not null)
  ),
  constraint session_progress_range check (operational_progress between 0 and 100),
  constraint session_protocol_known check (protocol in ('kasmvnc', 'rfb')),
  constraint session_generation_positive check (token_generation > 0 and policy_version > 0)
);
create index session_user_id_index on session (user_id);
create index session_agent_id_index on session (agent_id);
create index session_image_id_index on session (image_id);
comment on table session is 'A user''s running workspace. Rows leave for session_history; they never linger.';
comment on column session.previous_status is 'Kept by a trigger: with operational_status it must be a row of session_transition.';
comment on column session.heard_at is 'When its agent last spoke of it.';
comment on column session.active_at is 'When a stream of it last opened.';
comment on column session.destroy_reason is 'Why it is being deleted; becomes the history''s.';
comment on column session.token_generation is 'Raised to revoke all stream tokens issued before.';
comment on column session.policy_version is 'Raised when the policy of its streams changes.';

-- The step that a status change makes is the database's to record: no statement can claim another past.
create function session_record_step() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.previous_status := 'new';
  elsif new.operational_status <> old.operational_status then
    new.previous_status := old.operational_status;
  else
    new.previous_status := old.previous_status;
  end if;
  return new;
end $$;
create trigger session_record_step before insert or update on session
  for each row execute function session_record_step();

-- A row may only go together with its entry in the history, checked when the transaction commits.
create function session_check_history() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from session_history where session_history.session_id = old.session_id) then
    raise exception 'session % left without its entry in session_history', old.session_id
      using errcode = 'integrity_constraint_violation', constraint = 'session_leaves_history';
  end if;
  return null;
end $$;
create constraint trigger session_leaves_history after delete on session
  deferrable initially deferred for each row execute function session_check_history();

-- Apart from session, so that no "select *" for an answer or a log carries them along.
create table session_upstream (
  session_id uuid not null,
  protocol text not null,
  upstream text not null,
  upstream_authorization text not null default '',
  upstream_password text not null default '',
  upstream_tls_verify boolean not null,
  constraint session_upstream_pkey primary key (session_id),
  constraint session_upstream_session_id_fkey foreign key (session_id)
    references session (session_id) on delete cascade,
  constraint session_upstream_protocol_known check (protocol in ('kasmvnc', 'rfb')),
  constraint session_upstream_form check (upstream ~ '^(ws|wss|tcp|tls|unix\+ws)://')
);
comment on table session_upstream is 'Secret. Where the desktop is reached, and with what: for gateways only, never in an answer of the API.';
