-- KasmVNC that is older than a key of its kasmvnc.yaml does not start with it: such an image can be left as it is.

alter table image add column tell_kasmvnc boolean not null default true;
comment on column image.tell_kasmvnc is
  'Whether agents write into the kasmvnc.yaml of its desktops what of a policy only KasmVNC can do.';
