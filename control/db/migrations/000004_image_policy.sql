-- What an image's desktops may never do, whoever opens them: a data_loss_prevention document.

alter table image add column data_loss_prevention jsonb not null default '{}';
alter table image add constraint image_data_loss_prevention_object
  check (jsonb_typeof(data_loss_prevention) = 'object');
comment on column image.data_loss_prevention is
  'As the section of that name of a kasmvnc.yaml. Holds beside the group settings: both must allow a thing.';
