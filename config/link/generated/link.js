/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $String = $util.global.String, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt, $Boolean = $util.global.Boolean, $Array = $util.global.Array, $isFinite = $util.global.isFinite;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const sluice = $root.sluice = (() => {

    /**
     * Namespace sluice.
     * @exports sluice
     * @namespace
     */
    const sluice = {};

    sluice.link = (function() {

        /**
         * Namespace link.
         * @memberof sluice
         * @namespace
         */
        const link = {};

        link.Frame = (function() {

            /**
             * Properties of a Frame.
             * @typedef {Object} sluice.link.Frame.$Properties
             * @property {number|null} [id] Frame id
             * @property {number|null} [replyTo] Frame replyTo
             * @property {sluice.link.Hello.$Properties|null} [hello] Frame hello
             * @property {sluice.link.Welcome.$Properties|null} [welcome] Frame welcome
             * @property {sluice.link.Heartbeat.$Properties|null} [heartbeat] Frame heartbeat
             * @property {sluice.link.Refused.$Properties|null} [refused] Frame refused
             * @property {sluice.link.AuthoriseRequest.$Properties|null} [authoriseRequest] Frame authoriseRequest
             * @property {sluice.link.AuthoriseReply.$Properties|null} [authoriseReply] Frame authoriseReply
             * @property {sluice.link.PolicyChanged.$Properties|null} [policyChanged] Frame policyChanged
             * @property {sluice.link.StreamsCut.$Properties|null} [streamsCut] Frame streamsCut
             * @property {sluice.link.StreamOpened.$Properties|null} [streamOpened] Frame streamOpened
             * @property {sluice.link.StreamClosed.$Properties|null} [streamClosed] Frame streamClosed
             * @property {sluice.link.GatewayState.$Properties|null} [gatewayState] Frame gatewayState
             * @property {sluice.link.AgentState.$Properties|null} [agentState] Frame agentState
             * @property {sluice.link.StartDesktop.$Properties|null} [startDesktop] Frame startDesktop
             * @property {sluice.link.StopDesktop.$Properties|null} [stopDesktop] Frame stopDesktop
             * @property {sluice.link.DesktopProgress.$Properties|null} [desktopProgress] Frame desktopProgress
             * @property {sluice.link.DesktopRunning.$Properties|null} [desktopRunning] Frame desktopRunning
             * @property {sluice.link.DesktopEnded.$Properties|null} [desktopEnded] Frame desktopEnded
             * @property {"hello"|"welcome"|"heartbeat"|"refused"|"authoriseRequest"|"authoriseReply"|"policyChanged"|"streamsCut"|"streamOpened"|"streamClosed"|"gatewayState"|"agentState"|"startDesktop"|"stopDesktop"|"desktopProgress"|"desktopRunning"|"desktopEnded"} [body] Frame body
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Frame.
             * @memberof sluice.link
             * @interface IFrame
             * @augments sluice.link.Frame.$Properties
             * @deprecated Use sluice.link.Frame.$Properties instead.
             */

            /**
             * Narrowed shape of a Frame.
             * @typedef {{
             *   id?: number|null;
             *   replyTo?: number|null;
             *   hello?: sluice.link.Hello.$Shape|null;
             *   welcome?: sluice.link.Welcome.$Shape|null;
             *   heartbeat?: sluice.link.Heartbeat.$Shape|null;
             *   refused?: sluice.link.Refused.$Shape|null;
             *   authoriseRequest?: sluice.link.AuthoriseRequest.$Shape|null;
             *   authoriseReply?: sluice.link.AuthoriseReply.$Shape|null;
             *   policyChanged?: sluice.link.PolicyChanged.$Shape|null;
             *   streamsCut?: sluice.link.StreamsCut.$Shape|null;
             *   streamOpened?: sluice.link.StreamOpened.$Shape|null;
             *   streamClosed?: sluice.link.StreamClosed.$Shape|null;
             *   gatewayState?: sluice.link.GatewayState.$Shape|null;
             *   agentState?: sluice.link.AgentState.$Shape|null;
             *   startDesktop?: sluice.link.StartDesktop.$Shape|null;
             *   stopDesktop?: sluice.link.StopDesktop.$Shape|null;
             *   desktopProgress?: sluice.link.DesktopProgress.$Shape|null;
             *   desktopRunning?: sluice.link.DesktopRunning.$Shape|null;
             *   desktopEnded?: sluice.link.DesktopEnded.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ body?: undefined; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "hello"; hello: sluice.link.Hello.$Shape; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "welcome"; hello?: null; welcome: sluice.link.Welcome.$Shape; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "heartbeat"; hello?: null; welcome?: null; heartbeat: sluice.link.Heartbeat.$Shape; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "refused"; hello?: null; welcome?: null; heartbeat?: null; refused: sluice.link.Refused.$Shape; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "authoriseRequest"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest: sluice.link.AuthoriseRequest.$Shape; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "authoriseReply"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply: sluice.link.AuthoriseReply.$Shape; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "policyChanged"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged: sluice.link.PolicyChanged.$Shape; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "streamsCut"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut: sluice.link.StreamsCut.$Shape; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "streamOpened"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened: sluice.link.StreamOpened.$Shape; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "streamClosed"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed: sluice.link.StreamClosed.$Shape; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "gatewayState"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState: sluice.link.GatewayState.$Shape; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "agentState"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState: sluice.link.AgentState.$Shape; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "startDesktop"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop: sluice.link.StartDesktop.$Shape; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "stopDesktop"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop: sluice.link.StopDesktop.$Shape; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "desktopProgress"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress: sluice.link.DesktopProgress.$Shape; desktopRunning?: null; desktopEnded?: null }|{ body?: "desktopRunning"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning: sluice.link.DesktopRunning.$Shape; desktopEnded?: null }|{ body?: "desktopEnded"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded: sluice.link.DesktopEnded.$Shape })
             * )} sluice.link.Frame.$Shape
             */

            /**
             * Constructs a new Frame.
             * @memberof sluice.link
             * @classdesc Represents a Frame.
             * @constructor
             * @param {sluice.link.Frame.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Frame = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Frame id.
             * @member {number} id
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.id = 0;

            /**
             * Frame replyTo.
             * @member {number} replyTo
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.replyTo = 0;

            /**
             * Frame hello.
             * @member {sluice.link.Hello.$Properties|null|undefined} hello
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.hello = null;

            /**
             * Frame welcome.
             * @member {sluice.link.Welcome.$Properties|null|undefined} welcome
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.welcome = null;

            /**
             * Frame heartbeat.
             * @member {sluice.link.Heartbeat.$Properties|null|undefined} heartbeat
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.heartbeat = null;

            /**
             * Frame refused.
             * @member {sluice.link.Refused.$Properties|null|undefined} refused
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.refused = null;

            /**
             * Frame authoriseRequest.
             * @member {sluice.link.AuthoriseRequest.$Properties|null|undefined} authoriseRequest
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.authoriseRequest = null;

            /**
             * Frame authoriseReply.
             * @member {sluice.link.AuthoriseReply.$Properties|null|undefined} authoriseReply
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.authoriseReply = null;

            /**
             * Frame policyChanged.
             * @member {sluice.link.PolicyChanged.$Properties|null|undefined} policyChanged
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.policyChanged = null;

            /**
             * Frame streamsCut.
             * @member {sluice.link.StreamsCut.$Properties|null|undefined} streamsCut
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.streamsCut = null;

            /**
             * Frame streamOpened.
             * @member {sluice.link.StreamOpened.$Properties|null|undefined} streamOpened
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.streamOpened = null;

            /**
             * Frame streamClosed.
             * @member {sluice.link.StreamClosed.$Properties|null|undefined} streamClosed
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.streamClosed = null;

            /**
             * Frame gatewayState.
             * @member {sluice.link.GatewayState.$Properties|null|undefined} gatewayState
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.gatewayState = null;

            /**
             * Frame agentState.
             * @member {sluice.link.AgentState.$Properties|null|undefined} agentState
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.agentState = null;

            /**
             * Frame startDesktop.
             * @member {sluice.link.StartDesktop.$Properties|null|undefined} startDesktop
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.startDesktop = null;

            /**
             * Frame stopDesktop.
             * @member {sluice.link.StopDesktop.$Properties|null|undefined} stopDesktop
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.stopDesktop = null;

            /**
             * Frame desktopProgress.
             * @member {sluice.link.DesktopProgress.$Properties|null|undefined} desktopProgress
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.desktopProgress = null;

            /**
             * Frame desktopRunning.
             * @member {sluice.link.DesktopRunning.$Properties|null|undefined} desktopRunning
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.desktopRunning = null;

            /**
             * Frame desktopEnded.
             * @member {sluice.link.DesktopEnded.$Properties|null|undefined} desktopEnded
             * @memberof sluice.link.Frame
             * @instance
             */
            Frame.prototype.desktopEnded = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * Frame body.
             * @member {"hello"|"welcome"|"heartbeat"|"refused"|"authoriseRequest"|"authoriseReply"|"policyChanged"|"streamsCut"|"streamOpened"|"streamClosed"|"gatewayState"|"agentState"|"startDesktop"|"stopDesktop"|"desktopProgress"|"desktopRunning"|"desktopEnded"|undefined} body
             * @memberof sluice.link.Frame
             * @instance
             */
            $Object.defineProperty(Frame.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["hello", "welcome", "heartbeat", "refused", "authoriseRequest", "authoriseReply", "policyChanged", "streamsCut", "streamOpened", "streamClosed", "gatewayState", "agentState", "startDesktop", "stopDesktop", "desktopProgress", "desktopRunning", "desktopEnded"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Frame message. Does not implicitly {@link sluice.link.Frame.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.Frame
             * @static
             * @param {sluice.link.Frame.$Properties} message Frame message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Frame.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.id);
                if (message.replyTo != null && $Object.hasOwnProperty.call(message, "replyTo") && message.replyTo !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.replyTo);
                if (message.hello != null && $Object.hasOwnProperty.call(message, "hello"))
                    $root.sluice.link.Hello.encode(message.hello, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome"))
                    $root.sluice.link.Welcome.encode(message.welcome, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat"))
                    $root.sluice.link.Heartbeat.encode(message.heartbeat, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                    $root.sluice.link.Refused.encode(message.refused, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
                if (message.authoriseRequest != null && $Object.hasOwnProperty.call(message, "authoriseRequest"))
                    $root.sluice.link.AuthoriseRequest.encode(message.authoriseRequest, writer.uint32(/* id 20, wireType 2 =*/162).fork(), _depth + 1).ldelim();
                if (message.authoriseReply != null && $Object.hasOwnProperty.call(message, "authoriseReply"))
                    $root.sluice.link.AuthoriseReply.encode(message.authoriseReply, writer.uint32(/* id 21, wireType 2 =*/170).fork(), _depth + 1).ldelim();
                if (message.policyChanged != null && $Object.hasOwnProperty.call(message, "policyChanged"))
                    $root.sluice.link.PolicyChanged.encode(message.policyChanged, writer.uint32(/* id 22, wireType 2 =*/178).fork(), _depth + 1).ldelim();
                if (message.streamsCut != null && $Object.hasOwnProperty.call(message, "streamsCut"))
                    $root.sluice.link.StreamsCut.encode(message.streamsCut, writer.uint32(/* id 23, wireType 2 =*/186).fork(), _depth + 1).ldelim();
                if (message.streamOpened != null && $Object.hasOwnProperty.call(message, "streamOpened"))
                    $root.sluice.link.StreamOpened.encode(message.streamOpened, writer.uint32(/* id 24, wireType 2 =*/194).fork(), _depth + 1).ldelim();
                if (message.streamClosed != null && $Object.hasOwnProperty.call(message, "streamClosed"))
                    $root.sluice.link.StreamClosed.encode(message.streamClosed, writer.uint32(/* id 25, wireType 2 =*/202).fork(), _depth + 1).ldelim();
                if (message.gatewayState != null && $Object.hasOwnProperty.call(message, "gatewayState"))
                    $root.sluice.link.GatewayState.encode(message.gatewayState, writer.uint32(/* id 26, wireType 2 =*/210).fork(), _depth + 1).ldelim();
                if (message.agentState != null && $Object.hasOwnProperty.call(message, "agentState"))
                    $root.sluice.link.AgentState.encode(message.agentState, writer.uint32(/* id 40, wireType 2 =*/322).fork(), _depth + 1).ldelim();
                if (message.startDesktop != null && $Object.hasOwnProperty.call(message, "startDesktop"))
                    $root.sluice.link.StartDesktop.encode(message.startDesktop, writer.uint32(/* id 41, wireType 2 =*/330).fork(), _depth + 1).ldelim();
                if (message.stopDesktop != null && $Object.hasOwnProperty.call(message, "stopDesktop"))
                    $root.sluice.link.StopDesktop.encode(message.stopDesktop, writer.uint32(/* id 42, wireType 2 =*/338).fork(), _depth + 1).ldelim();
                if (message.desktopProgress != null && $Object.hasOwnProperty.call(message, "desktopProgress"))
                    $root.sluice.link.DesktopProgress.encode(message.desktopProgress, writer.uint32(/* id 43, wireType 2 =*/346).fork(), _depth + 1).ldelim();
                if (message.desktopRunning != null && $Object.hasOwnProperty.call(message, "desktopRunning"))
                    $root.sluice.link.DesktopRunning.encode(message.desktopRunning, writer.uint32(/* id 44, wireType 2 =*/354).fork(), _depth + 1).ldelim();
                if (message.desktopEnded != null && $Object.hasOwnProperty.call(message, "desktopEnded"))
                    $root.sluice.link.DesktopEnded.encode(message.desktopEnded, writer.uint32(/* id 45, wireType 2 =*/362).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.Frame
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.Frame & sluice.link.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Frame.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.Frame();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.replyTo = value;
                            else
                                delete message.replyTo;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.hello = $root.sluice.link.Hello.decode(reader, reader.size(), $undefined, _depth + 1, message.hello);
                            message.body = "hello";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.welcome = $root.sluice.link.Welcome.decode(reader, reader.size(), $undefined, _depth + 1, message.welcome);
                            message.body = "welcome";
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.heartbeat = $root.sluice.link.Heartbeat.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeat);
                            message.body = "heartbeat";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.refused = $root.sluice.link.Refused.decode(reader, reader.size(), $undefined, _depth + 1, message.refused);
                            message.body = "refused";
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.authoriseRequest = $root.sluice.link.AuthoriseRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.authoriseRequest);
                            message.body = "authoriseRequest";
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            message.authoriseReply = $root.sluice.link.AuthoriseReply.decode(reader, reader.size(), $undefined, _depth + 1, message.authoriseReply);
                            message.body = "authoriseReply";
                            continue;
                        }
                    case 22: {
                            if (wireType !== 2)
                                break;
                            message.policyChanged = $root.sluice.link.PolicyChanged.decode(reader, reader.size(), $undefined, _depth + 1, message.policyChanged);
                            message.body = "policyChanged";
                            continue;
                        }
                    case 23: {
                            if (wireType !== 2)
                                break;
                            message.streamsCut = $root.sluice.link.StreamsCut.decode(reader, reader.size(), $undefined, _depth + 1, message.streamsCut);
                            message.body = "streamsCut";
                            continue;
                        }
                    case 24: {
                            if (wireType !== 2)
                                break;
                            message.streamOpened = $root.sluice.link.StreamOpened.decode(reader, reader.size(), $undefined, _depth + 1, message.streamOpened);
                            message.body = "streamOpened";
                            continue;
                        }
                    case 25: {
                            if (wireType !== 2)
                                break;
                            message.streamClosed = $root.sluice.link.StreamClosed.decode(reader, reader.size(), $undefined, _depth + 1, message.streamClosed);
                            message.body = "streamClosed";
                            continue;
                        }
                    case 26: {
                            if (wireType !== 2)
                                break;
                            message.gatewayState = $root.sluice.link.GatewayState.decode(reader, reader.size(), $undefined, _depth + 1, message.gatewayState);
                            message.body = "gatewayState";
                            continue;
                        }
                    case 40: {
                            if (wireType !== 2)
                                break;
                            message.agentState = $root.sluice.link.AgentState.decode(reader, reader.size(), $undefined, _depth + 1, message.agentState);
                            message.body = "agentState";
                            continue;
                        }
                    case 41: {
                            if (wireType !== 2)
                                break;
                            message.startDesktop = $root.sluice.link.StartDesktop.decode(reader, reader.size(), $undefined, _depth + 1, message.startDesktop);
                            message.body = "startDesktop";
                            continue;
                        }
                    case 42: {
                            if (wireType !== 2)
                                break;
                            message.stopDesktop = $root.sluice.link.StopDesktop.decode(reader, reader.size(), $undefined, _depth + 1, message.stopDesktop);
                            message.body = "stopDesktop";
                            continue;
                        }
                    case 43: {
                            if (wireType !== 2)
                                break;
                            message.desktopProgress = $root.sluice.link.DesktopProgress.decode(reader, reader.size(), $undefined, _depth + 1, message.desktopProgress);
                            message.body = "desktopProgress";
                            continue;
                        }
                    case 44: {
                            if (wireType !== 2)
                                break;
                            message.desktopRunning = $root.sluice.link.DesktopRunning.decode(reader, reader.size(), $undefined, _depth + 1, message.desktopRunning);
                            message.body = "desktopRunning";
                            continue;
                        }
                    case 45: {
                            if (wireType !== 2)
                                break;
                            message.desktopEnded = $root.sluice.link.DesktopEnded.decode(reader, reader.size(), $undefined, _depth + 1, message.desktopEnded);
                            message.body = "desktopEnded";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Frame message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.Frame
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.Frame} Frame
             */
            Frame.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.Frame)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.Frame: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.Frame();
                if (object.id != null)
                    if ($Number(object.id) !== 0)
                        message.id = object.id >>> 0;
                if (object.replyTo != null)
                    if ($Number(object.replyTo) !== 0)
                        message.replyTo = object.replyTo >>> 0;
                if (object.hello != null) {
                    if (!$util.isObject(object.hello))
                        throw $TypeError(".sluice.link.Frame.hello: object expected");
                    message.hello = $root.sluice.link.Hello.fromObject(object.hello, _depth + 1);
                }
                if (object.welcome != null) {
                    if (!$util.isObject(object.welcome))
                        throw $TypeError(".sluice.link.Frame.welcome: object expected");
                    message.welcome = $root.sluice.link.Welcome.fromObject(object.welcome, _depth + 1);
                }
                if (object.heartbeat != null) {
                    if (!$util.isObject(object.heartbeat))
                        throw $TypeError(".sluice.link.Frame.heartbeat: object expected");
                    message.heartbeat = $root.sluice.link.Heartbeat.fromObject(object.heartbeat, _depth + 1);
                }
                if (object.refused != null) {
                    if (!$util.isObject(object.refused))
                        throw $TypeError(".sluice.link.Frame.refused: object expected");
                    message.refused = $root.sluice.link.Refused.fromObject(object.refused, _depth + 1);
                }
                if (object.authoriseRequest != null) {
                    if (!$util.isObject(object.authoriseRequest))
                        throw $TypeError(".sluice.link.Frame.authoriseRequest: object expected");
                    message.authoriseRequest = $root.sluice.link.AuthoriseRequest.fromObject(object.authoriseRequest, _depth + 1);
                }
                if (object.authoriseReply != null) {
                    if (!$util.isObject(object.authoriseReply))
                        throw $TypeError(".sluice.link.Frame.authoriseReply: object expected");
                    message.authoriseReply = $root.sluice.link.AuthoriseReply.fromObject(object.authoriseReply, _depth + 1);
                }
                if (object.policyChanged != null) {
                    if (!$util.isObject(object.policyChanged))
                        throw $TypeError(".sluice.link.Frame.policyChanged: object expected");
                    message.policyChanged = $root.sluice.link.PolicyChanged.fromObject(object.policyChanged, _depth + 1);
                }
                if (object.streamsCut != null) {
                    if (!$util.isObject(object.streamsCut))
                        throw $TypeError(".sluice.link.Frame.streamsCut: object expected");
                    message.streamsCut = $root.sluice.link.StreamsCut.fromObject(object.streamsCut, _depth + 1);
                }
                if (object.streamOpened != null) {
                    if (!$util.isObject(object.streamOpened))
                        throw $TypeError(".sluice.link.Frame.streamOpened: object expected");
                    message.streamOpened = $root.sluice.link.StreamOpened.fromObject(object.streamOpened, _depth + 1);
                }
                if (object.streamClosed != null) {
                    if (!$util.isObject(object.streamClosed))
                        throw $TypeError(".sluice.link.Frame.streamClosed: object expected");
                    message.streamClosed = $root.sluice.link.StreamClosed.fromObject(object.streamClosed, _depth + 1);
                }
                if (object.gatewayState != null) {
                    if (!$util.isObject(object.gatewayState))
                        throw $TypeError(".sluice.link.Frame.gatewayState: object expected");
                    message.gatewayState = $root.sluice.link.GatewayState.fromObject(object.gatewayState, _depth + 1);
                }
                if (object.agentState != null) {
                    if (!$util.isObject(object.agentState))
                        throw $TypeError(".sluice.link.Frame.agentState: object expected");
                    message.agentState = $root.sluice.link.AgentState.fromObject(object.agentState, _depth + 1);
                }
                if (object.startDesktop != null) {
                    if (!$util.isObject(object.startDesktop))
                        throw $TypeError(".sluice.link.Frame.startDesktop: object expected");
                    message.startDesktop = $root.sluice.link.StartDesktop.fromObject(object.startDesktop, _depth + 1);
                }
                if (object.stopDesktop != null) {
                    if (!$util.isObject(object.stopDesktop))
                        throw $TypeError(".sluice.link.Frame.stopDesktop: object expected");
                    message.stopDesktop = $root.sluice.link.StopDesktop.fromObject(object.stopDesktop, _depth + 1);
                }
                if (object.desktopProgress != null) {
                    if (!$util.isObject(object.desktopProgress))
                        throw $TypeError(".sluice.link.Frame.desktopProgress: object expected");
                    message.desktopProgress = $root.sluice.link.DesktopProgress.fromObject(object.desktopProgress, _depth + 1);
                }
                if (object.desktopRunning != null) {
                    if (!$util.isObject(object.desktopRunning))
                        throw $TypeError(".sluice.link.Frame.desktopRunning: object expected");
                    message.desktopRunning = $root.sluice.link.DesktopRunning.fromObject(object.desktopRunning, _depth + 1);
                }
                if (object.desktopEnded != null) {
                    if (!$util.isObject(object.desktopEnded))
                        throw $TypeError(".sluice.link.Frame.desktopEnded: object expected");
                    message.desktopEnded = $root.sluice.link.DesktopEnded.fromObject(object.desktopEnded, _depth + 1);
                }
                return message;
            };

            /**
             * Creates a plain object from a Frame message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.Frame
             * @static
             * @param {sluice.link.Frame} message Frame
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Frame.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.id = 0;
                    object.replyTo = 0;
                }
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    object.id = message.id;
                if (message.replyTo != null && $Object.hasOwnProperty.call(message, "replyTo"))
                    object.replyTo = message.replyTo;
                if (message.hello != null && $Object.hasOwnProperty.call(message, "hello")) {
                    object.hello = $root.sluice.link.Hello.toObject(message.hello, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "hello";
                }
                if (message.welcome != null && $Object.hasOwnProperty.call(message, "welcome")) {
                    object.welcome = $root.sluice.link.Welcome.toObject(message.welcome, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "welcome";
                }
                if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat")) {
                    object.heartbeat = $root.sluice.link.Heartbeat.toObject(message.heartbeat, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "heartbeat";
                }
                if (message.refused != null && $Object.hasOwnProperty.call(message, "refused")) {
                    object.refused = $root.sluice.link.Refused.toObject(message.refused, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "refused";
                }
                if (message.authoriseRequest != null && $Object.hasOwnProperty.call(message, "authoriseRequest")) {
                    object.authoriseRequest = $root.sluice.link.AuthoriseRequest.toObject(message.authoriseRequest, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "authoriseRequest";
                }
                if (message.authoriseReply != null && $Object.hasOwnProperty.call(message, "authoriseReply")) {
                    object.authoriseReply = $root.sluice.link.AuthoriseReply.toObject(message.authoriseReply, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "authoriseReply";
                }
                if (message.policyChanged != null && $Object.hasOwnProperty.call(message, "policyChanged")) {
                    object.policyChanged = $root.sluice.link.PolicyChanged.toObject(message.policyChanged, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "policyChanged";
                }
                if (message.streamsCut != null && $Object.hasOwnProperty.call(message, "streamsCut")) {
                    object.streamsCut = $root.sluice.link.StreamsCut.toObject(message.streamsCut, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "streamsCut";
                }
                if (message.streamOpened != null && $Object.hasOwnProperty.call(message, "streamOpened")) {
                    object.streamOpened = $root.sluice.link.StreamOpened.toObject(message.streamOpened, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "streamOpened";
                }
                if (message.streamClosed != null && $Object.hasOwnProperty.call(message, "streamClosed")) {
                    object.streamClosed = $root.sluice.link.StreamClosed.toObject(message.streamClosed, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "streamClosed";
                }
                if (message.gatewayState != null && $Object.hasOwnProperty.call(message, "gatewayState")) {
                    object.gatewayState = $root.sluice.link.GatewayState.toObject(message.gatewayState, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "gatewayState";
                }
                if (message.agentState != null && $Object.hasOwnProperty.call(message, "agentState")) {
                    object.agentState = $root.sluice.link.AgentState.toObject(message.agentState, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "agentState";
                }
                if (message.startDesktop != null && $Object.hasOwnProperty.call(message, "startDesktop")) {
                    object.startDesktop = $root.sluice.link.StartDesktop.toObject(message.startDesktop, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "startDesktop";
                }
                if (message.stopDesktop != null && $Object.hasOwnProperty.call(message, "stopDesktop")) {
                    object.stopDesktop = $root.sluice.link.StopDesktop.toObject(message.stopDesktop, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "stopDesktop";
                }
                if (message.desktopProgress != null && $Object.hasOwnProperty.call(message, "desktopProgress")) {
                    object.desktopProgress = $root.sluice.link.DesktopProgress.toObject(message.desktopProgress, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "desktopProgress";
                }
                if (message.desktopRunning != null && $Object.hasOwnProperty.call(message, "desktopRunning")) {
                    object.desktopRunning = $root.sluice.link.DesktopRunning.toObject(message.desktopRunning, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "desktopRunning";
                }
                if (message.desktopEnded != null && $Object.hasOwnProperty.call(message, "desktopEnded")) {
                    object.desktopEnded = $root.sluice.link.DesktopEnded.toObject(message.desktopEnded, options, _depth + 1);
                    if (options.oneofs)
                        object.body = "desktopEnded";
                }
                return object;
            };

            /**
             * Converts this Frame to JSON.
             * @function toJSON
             * @memberof sluice.link.Frame
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Frame.prototype.toJSON = function() {
                return Frame.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Frame
             * @function getTypeUrl
             * @memberof sluice.link.Frame
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Frame.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.Frame";
            };

            return Frame;
        })();

        link.Hello = (function() {

            /**
             * Properties of a Hello.
             * @typedef {Object} sluice.link.Hello.$Properties
             * @property {string|null} [role] Hello role
             * @property {string|null} [name] Hello name
             * @property {string|null} [version] Hello version
             * @property {string|null} [instance] Hello instance
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Hello.
             * @memberof sluice.link
             * @interface IHello
             * @augments sluice.link.Hello.$Properties
             * @deprecated Use sluice.link.Hello.$Properties instead.
             */

            /**
             * Shape of a Hello.
             * @typedef {sluice.link.Hello.$Properties} sluice.link.Hello.$Shape
             */

            /**
             * Constructs a new Hello.
             * @memberof sluice.link
             * @classdesc Represents a Hello.
             * @constructor
             * @param {sluice.link.Hello.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Hello = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Hello role.
             * @member {string} role
             * @memberof sluice.link.Hello
             * @instance
             */
            Hello.prototype.role = "";

            /**
             * Hello name.
             * @member {string} name
             * @memberof sluice.link.Hello
             * @instance
             */
            Hello.prototype.name = "";

            /**
             * Hello version.
             * @member {string} version
             * @memberof sluice.link.Hello
             * @instance
             */
            Hello.prototype.version = "";

            /**
             * Hello instance.
             * @member {string} instance
             * @memberof sluice.link.Hello
             * @instance
             */
            Hello.prototype.instance = "";

            /**
             * Encodes the specified Hello message. Does not implicitly {@link sluice.link.Hello.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.Hello
             * @static
             * @param {sluice.link.Hello.$Properties} message Hello message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Hello.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.role);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.version);
                if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.instance);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.Hello
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.Hello & sluice.link.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Hello.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.Hello();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.instance = value;
                            else
                                delete message.instance;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Hello message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.Hello
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.Hello} Hello
             */
            Hello.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.Hello)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.Hello: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.Hello();
                if (object.role != null)
                    if (typeof object.role !== "string" || object.role.length)
                        message.role = $String(object.role);
                if (object.name != null)
                    if (typeof object.name !== "string" || object.name.length)
                        message.name = $String(object.name);
                if (object.version != null)
                    if (typeof object.version !== "string" || object.version.length)
                        message.version = $String(object.version);
                if (object.instance != null)
                    if (typeof object.instance !== "string" || object.instance.length)
                        message.instance = $String(object.instance);
                return message;
            };

            /**
             * Creates a plain object from a Hello message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.Hello
             * @static
             * @param {sluice.link.Hello} message Hello
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Hello.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.role = "";
                    object.name = "";
                    object.version = "";
                    object.instance = "";
                }
                if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                    object.role = message.role;
                if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                    object.name = message.name;
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    object.version = message.version;
                if (message.instance != null && $Object.hasOwnProperty.call(message, "instance"))
                    object.instance = message.instance;
                return object;
            };

            /**
             * Converts this Hello to JSON.
             * @function toJSON
             * @memberof sluice.link.Hello
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Hello.prototype.toJSON = function() {
                return Hello.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Hello
             * @function getTypeUrl
             * @memberof sluice.link.Hello
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Hello.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.Hello";
            };

            return Hello;
        })();

        link.Welcome = (function() {

            /**
             * Properties of a Welcome.
             * @typedef {Object} sluice.link.Welcome.$Properties
             * @property {string|null} [nodeId] Welcome nodeId
             * @property {string|null} [credential] Welcome credential
             * @property {number|null} [heartbeatMs] Welcome heartbeatMs
             * @property {string|null} [controlVersion] Welcome controlVersion
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Welcome.
             * @memberof sluice.link
             * @interface IWelcome
             * @augments sluice.link.Welcome.$Properties
             * @deprecated Use sluice.link.Welcome.$Properties instead.
             */

            /**
             * Shape of a Welcome.
             * @typedef {sluice.link.Welcome.$Properties} sluice.link.Welcome.$Shape
             */

            /**
             * Constructs a new Welcome.
             * @memberof sluice.link
             * @classdesc Represents a Welcome.
             * @constructor
             * @param {sluice.link.Welcome.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Welcome = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Welcome nodeId.
             * @member {string} nodeId
             * @memberof sluice.link.Welcome
             * @instance
             */
            Welcome.prototype.nodeId = "";

            /**
             * Welcome credential.
             * @member {string} credential
             * @memberof sluice.link.Welcome
             * @instance
             */
            Welcome.prototype.credential = "";

            /**
             * Welcome heartbeatMs.
             * @member {number} heartbeatMs
             * @memberof sluice.link.Welcome
             * @instance
             */
            Welcome.prototype.heartbeatMs = 0;

            /**
             * Welcome controlVersion.
             * @member {string} controlVersion
             * @memberof sluice.link.Welcome
             * @instance
             */
            Welcome.prototype.controlVersion = "";

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link sluice.link.Welcome.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.Welcome
             * @static
             * @param {sluice.link.Welcome.$Properties} message Welcome message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Welcome.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.nodeId);
                if (message.credential != null && $Object.hasOwnProperty.call(message, "credential") && message.credential !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.credential);
                if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs") && message.heartbeatMs !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.heartbeatMs);
                if (message.controlVersion != null && $Object.hasOwnProperty.call(message, "controlVersion") && message.controlVersion !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.controlVersion);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.Welcome
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.Welcome & sluice.link.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Welcome.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.Welcome();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.nodeId = value;
                            else
                                delete message.nodeId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.credential = value;
                            else
                                delete message.credential;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.heartbeatMs = value;
                            else
                                delete message.heartbeatMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.controlVersion = value;
                            else
                                delete message.controlVersion;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Welcome message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.Welcome
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.Welcome} Welcome
             */
            Welcome.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.Welcome)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.Welcome: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.Welcome();
                if (object.nodeId != null)
                    if (typeof object.nodeId !== "string" || object.nodeId.length)
                        message.nodeId = $String(object.nodeId);
                if (object.credential != null)
                    if (typeof object.credential !== "string" || object.credential.length)
                        message.credential = $String(object.credential);
                if (object.heartbeatMs != null)
                    if ($Number(object.heartbeatMs) !== 0)
                        message.heartbeatMs = object.heartbeatMs >>> 0;
                if (object.controlVersion != null)
                    if (typeof object.controlVersion !== "string" || object.controlVersion.length)
                        message.controlVersion = $String(object.controlVersion);
                return message;
            };

            /**
             * Creates a plain object from a Welcome message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.Welcome
             * @static
             * @param {sluice.link.Welcome} message Welcome
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Welcome.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.nodeId = "";
                    object.credential = "";
                    object.heartbeatMs = 0;
                    object.controlVersion = "";
                }
                if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                    object.nodeId = message.nodeId;
                if (message.credential != null && $Object.hasOwnProperty.call(message, "credential"))
                    object.credential = message.credential;
                if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs"))
                    object.heartbeatMs = message.heartbeatMs;
                if (message.controlVersion != null && $Object.hasOwnProperty.call(message, "controlVersion"))
                    object.controlVersion = message.controlVersion;
                return object;
            };

            /**
             * Converts this Welcome to JSON.
             * @function toJSON
             * @memberof sluice.link.Welcome
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Welcome.prototype.toJSON = function() {
                return Welcome.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Welcome
             * @function getTypeUrl
             * @memberof sluice.link.Welcome
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Welcome.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.Welcome";
            };

            return Welcome;
        })();

        link.Heartbeat = (function() {

            /**
             * Properties of a Heartbeat.
             * @typedef {Object} sluice.link.Heartbeat.$Properties
             * @property {number|null} [sentAtMs] Heartbeat sentAtMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Heartbeat.
             * @memberof sluice.link
             * @interface IHeartbeat
             * @augments sluice.link.Heartbeat.$Properties
             * @deprecated Use sluice.link.Heartbeat.$Properties instead.
             */

            /**
             * Shape of a Heartbeat.
             * @typedef {sluice.link.Heartbeat.$Properties} sluice.link.Heartbeat.$Shape
             */

            /**
             * Constructs a new Heartbeat.
             * @memberof sluice.link
             * @classdesc Represents a Heartbeat.
             * @constructor
             * @param {sluice.link.Heartbeat.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Heartbeat = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Heartbeat sentAtMs.
             * @member {number} sentAtMs
             * @memberof sluice.link.Heartbeat
             * @instance
             */
            Heartbeat.prototype.sentAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link sluice.link.Heartbeat.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.Heartbeat
             * @static
             * @param {sluice.link.Heartbeat.$Properties} message Heartbeat message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Heartbeat.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sentAtMs != null && $Object.hasOwnProperty.call(message, "sentAtMs") && (typeof message.sentAtMs === "object" ? message.sentAtMs.low || message.sentAtMs.high : message.sentAtMs !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.sentAtMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.Heartbeat
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.Heartbeat & sluice.link.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Heartbeat.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.Heartbeat();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sentAtMs = value;
                            else
                                delete message.sentAtMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Heartbeat message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.Heartbeat
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.Heartbeat} Heartbeat
             */
            Heartbeat.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.Heartbeat)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.Heartbeat: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.Heartbeat();
                if (object.sentAtMs != null)
                    if (typeof object.sentAtMs === "object" ? object.sentAtMs.low || object.sentAtMs.high : $Number(object.sentAtMs) !== 0)
                        if ($util.Long)
                            message.sentAtMs = $util.Long.fromValue(object.sentAtMs, true);
                        else if (typeof object.sentAtMs === "string")
                            message.sentAtMs = $parseInt(object.sentAtMs, 10);
                        else if (typeof object.sentAtMs === "number")
                            message.sentAtMs = object.sentAtMs;
                        else if (typeof object.sentAtMs === "object")
                            message.sentAtMs = new $util.LongBits(object.sentAtMs.low >>> 0, object.sentAtMs.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a Heartbeat message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.Heartbeat
             * @static
             * @param {sluice.link.Heartbeat} message Heartbeat
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Heartbeat.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.sentAtMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.sentAtMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (message.sentAtMs != null && $Object.hasOwnProperty.call(message, "sentAtMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.sentAtMs = typeof message.sentAtMs === "number" ? $BigInt(message.sentAtMs) : $util.Long.fromBits(message.sentAtMs.low >>> 0, message.sentAtMs.high >>> 0, true).toBigInt();
                    else if (typeof message.sentAtMs === "number")
                        object.sentAtMs = options.longs === $String ? $String(message.sentAtMs) : message.sentAtMs;
                    else
                        object.sentAtMs = options.longs === $String ? $util.Long.prototype.toString.call(message.sentAtMs) : options.longs === $Number ? new $util.LongBits(message.sentAtMs.low >>> 0, message.sentAtMs.high >>> 0).toNumber(true) : message.sentAtMs;
                return object;
            };

            /**
             * Converts this Heartbeat to JSON.
             * @function toJSON
             * @memberof sluice.link.Heartbeat
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Heartbeat.prototype.toJSON = function() {
                return Heartbeat.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Heartbeat
             * @function getTypeUrl
             * @memberof sluice.link.Heartbeat
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Heartbeat.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.Heartbeat";
            };

            return Heartbeat;
        })();

        link.Refused = (function() {

            /**
             * Properties of a Refused.
             * @typedef {Object} sluice.link.Refused.$Properties
             * @property {string|null} [reason] Refused reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Refused.
             * @memberof sluice.link
             * @interface IRefused
             * @augments sluice.link.Refused.$Properties
             * @deprecated Use sluice.link.Refused.$Properties instead.
             */

            /**
             * Shape of a Refused.
             * @typedef {sluice.link.Refused.$Properties} sluice.link.Refused.$Shape
             */

            /**
             * Constructs a new Refused.
             * @memberof sluice.link
             * @classdesc Represents a Refused.
             * @constructor
             * @param {sluice.link.Refused.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Refused = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Refused reason.
             * @member {string} reason
             * @memberof sluice.link.Refused
             * @instance
             */
            Refused.prototype.reason = "";

            /**
             * Encodes the specified Refused message. Does not implicitly {@link sluice.link.Refused.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.Refused
             * @static
             * @param {sluice.link.Refused.$Properties} message Refused message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Refused.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Refused message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.Refused
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.Refused & sluice.link.Refused.$Shape} Refused
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Refused.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.Refused();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Refused message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.Refused
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.Refused} Refused
             */
            Refused.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.Refused)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.Refused: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.Refused();
                if (object.reason != null)
                    if (typeof object.reason !== "string" || object.reason.length)
                        message.reason = $String(object.reason);
                return message;
            };

            /**
             * Creates a plain object from a Refused message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.Refused
             * @static
             * @param {sluice.link.Refused} message Refused
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Refused.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.reason = "";
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = message.reason;
                return object;
            };

            /**
             * Converts this Refused to JSON.
             * @function toJSON
             * @memberof sluice.link.Refused
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Refused.prototype.toJSON = function() {
                return Refused.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Refused
             * @function getTypeUrl
             * @memberof sluice.link.Refused
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Refused.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.Refused";
            };

            return Refused;
        })();

        link.AuthoriseRequest = (function() {

            /**
             * Properties of an AuthoriseRequest.
             * @typedef {Object} sluice.link.AuthoriseRequest.$Properties
             * @property {string|null} [sessionId] AuthoriseRequest sessionId
             * @property {string|null} [token] AuthoriseRequest token
             * @property {string|null} [channel] AuthoriseRequest channel
             * @property {string|null} [address] AuthoriseRequest address
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AuthoriseRequest.
             * @memberof sluice.link
             * @interface IAuthoriseRequest
             * @augments sluice.link.AuthoriseRequest.$Properties
             * @deprecated Use sluice.link.AuthoriseRequest.$Properties instead.
             */

            /**
             * Shape of an AuthoriseRequest.
             * @typedef {sluice.link.AuthoriseRequest.$Properties} sluice.link.AuthoriseRequest.$Shape
             */

            /**
             * Constructs a new AuthoriseRequest.
             * @memberof sluice.link
             * @classdesc Represents an AuthoriseRequest.
             * @constructor
             * @param {sluice.link.AuthoriseRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AuthoriseRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AuthoriseRequest sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.AuthoriseRequest
             * @instance
             */
            AuthoriseRequest.prototype.sessionId = "";

            /**
             * AuthoriseRequest token.
             * @member {string} token
             * @memberof sluice.link.AuthoriseRequest
             * @instance
             */
            AuthoriseRequest.prototype.token = "";

            /**
             * AuthoriseRequest channel.
             * @member {string} channel
             * @memberof sluice.link.AuthoriseRequest
             * @instance
             */
            AuthoriseRequest.prototype.channel = "";

            /**
             * AuthoriseRequest address.
             * @member {string} address
             * @memberof sluice.link.AuthoriseRequest
             * @instance
             */
            AuthoriseRequest.prototype.address = "";

            /**
             * Encodes the specified AuthoriseRequest message. Does not implicitly {@link sluice.link.AuthoriseRequest.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.AuthoriseRequest
             * @static
             * @param {sluice.link.AuthoriseRequest.$Properties} message AuthoriseRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AuthoriseRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.token);
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel") && message.channel !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.channel);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.address);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AuthoriseRequest message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.AuthoriseRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.AuthoriseRequest & sluice.link.AuthoriseRequest.$Shape} AuthoriseRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AuthoriseRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.AuthoriseRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.channel = value;
                            else
                                delete message.channel;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AuthoriseRequest message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.AuthoriseRequest
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.AuthoriseRequest} AuthoriseRequest
             */
            AuthoriseRequest.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.AuthoriseRequest)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.AuthoriseRequest: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.AuthoriseRequest();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.token != null)
                    if (typeof object.token !== "string" || object.token.length)
                        message.token = $String(object.token);
                if (object.channel != null)
                    if (typeof object.channel !== "string" || object.channel.length)
                        message.channel = $String(object.channel);
                if (object.address != null)
                    if (typeof object.address !== "string" || object.address.length)
                        message.address = $String(object.address);
                return message;
            };

            /**
             * Creates a plain object from an AuthoriseRequest message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.AuthoriseRequest
             * @static
             * @param {sluice.link.AuthoriseRequest} message AuthoriseRequest
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AuthoriseRequest.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.token = "";
                    object.channel = "";
                    object.address = "";
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.token != null && $Object.hasOwnProperty.call(message, "token"))
                    object.token = message.token;
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel"))
                    object.channel = message.channel;
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    object.address = message.address;
                return object;
            };

            /**
             * Converts this AuthoriseRequest to JSON.
             * @function toJSON
             * @memberof sluice.link.AuthoriseRequest
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AuthoriseRequest.prototype.toJSON = function() {
                return AuthoriseRequest.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for AuthoriseRequest
             * @function getTypeUrl
             * @memberof sluice.link.AuthoriseRequest
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            AuthoriseRequest.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.AuthoriseRequest";
            };

            return AuthoriseRequest;
        })();

        link.AuthoriseReply = (function() {

            /**
             * Properties of an AuthoriseReply.
             * @typedef {Object} sluice.link.AuthoriseReply.$Properties
             * @property {sluice.link.Grant.$Properties|null} [grant] AuthoriseReply grant
             * @property {string|null} [refusal] AuthoriseReply refusal
             * @property {"grant"|"refusal"} [answer] AuthoriseReply answer
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AuthoriseReply.
             * @memberof sluice.link
             * @interface IAuthoriseReply
             * @augments sluice.link.AuthoriseReply.$Properties
             * @deprecated Use sluice.link.AuthoriseReply.$Properties instead.
             */

            /**
             * Narrowed shape of an AuthoriseReply.
             * @typedef {{
             *   grant?: sluice.link.Grant.$Shape|null;
             *   refusal?: string|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ answer?: undefined; grant?: null; refusal?: null }|{ answer?: "grant"; grant: sluice.link.Grant.$Shape; refusal?: null }|{ answer?: "refusal"; grant?: null; refusal: string })
             * )} sluice.link.AuthoriseReply.$Shape
             */

            /**
             * Constructs a new AuthoriseReply.
             * @memberof sluice.link
             * @classdesc Represents an AuthoriseReply.
             * @constructor
             * @param {sluice.link.AuthoriseReply.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AuthoriseReply = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AuthoriseReply grant.
             * @member {sluice.link.Grant.$Properties|null|undefined} grant
             * @memberof sluice.link.AuthoriseReply
             * @instance
             */
            AuthoriseReply.prototype.grant = null;

            /**
             * AuthoriseReply refusal.
             * @member {string|null|undefined} refusal
             * @memberof sluice.link.AuthoriseReply
             * @instance
             */
            AuthoriseReply.prototype.refusal = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * AuthoriseReply answer.
             * @member {"grant"|"refusal"|undefined} answer
             * @memberof sluice.link.AuthoriseReply
             * @instance
             */
            $Object.defineProperty(AuthoriseReply.prototype, "answer", {
                get: $util.oneOfGetter($oneOfFields = ["grant", "refusal"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified AuthoriseReply message. Does not implicitly {@link sluice.link.AuthoriseReply.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.AuthoriseReply
             * @static
             * @param {sluice.link.AuthoriseReply.$Properties} message AuthoriseReply message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AuthoriseReply.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.grant != null && $Object.hasOwnProperty.call(message, "grant"))
                    $root.sluice.link.Grant.encode(message.grant, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.refusal != null && $Object.hasOwnProperty.call(message, "refusal"))
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.refusal);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AuthoriseReply message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.AuthoriseReply
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.AuthoriseReply & sluice.link.AuthoriseReply.$Shape} AuthoriseReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AuthoriseReply.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.AuthoriseReply();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.grant = $root.sluice.link.Grant.decode(reader, reader.size(), $undefined, _depth + 1, message.grant);
                            message.answer = "grant";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.refusal = reader.stringVerify();
                            message.answer = "refusal";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AuthoriseReply message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.AuthoriseReply
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.AuthoriseReply} AuthoriseReply
             */
            AuthoriseReply.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.AuthoriseReply)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.AuthoriseReply: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.AuthoriseReply();
                if (object.grant != null) {
                    if (!$util.isObject(object.grant))
                        throw $TypeError(".sluice.link.AuthoriseReply.grant: object expected");
                    message.grant = $root.sluice.link.Grant.fromObject(object.grant, _depth + 1);
                }
                if (object.refusal != null)
                    message.refusal = $String(object.refusal);
                return message;
            };

            /**
             * Creates a plain object from an AuthoriseReply message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.AuthoriseReply
             * @static
             * @param {sluice.link.AuthoriseReply} message AuthoriseReply
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AuthoriseReply.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (message.grant != null && $Object.hasOwnProperty.call(message, "grant")) {
                    object.grant = $root.sluice.link.Grant.toObject(message.grant, options, _depth + 1);
                    if (options.oneofs)
                        object.answer = "grant";
                }
                if (message.refusal != null && $Object.hasOwnProperty.call(message, "refusal")) {
                    object.refusal = message.refusal;
                    if (options.oneofs)
                        object.answer = "refusal";
                }
                return object;
            };

            /**
             * Converts this AuthoriseReply to JSON.
             * @function toJSON
             * @memberof sluice.link.AuthoriseReply
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AuthoriseReply.prototype.toJSON = function() {
                return AuthoriseReply.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for AuthoriseReply
             * @function getTypeUrl
             * @memberof sluice.link.AuthoriseReply
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            AuthoriseReply.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.AuthoriseReply";
            };

            return AuthoriseReply;
        })();

        link.Grant = (function() {

            /**
             * Properties of a Grant.
             * @typedef {Object} sluice.link.Grant.$Properties
             * @property {string|null} [sessionId] Grant sessionId
             * @property {string|null} [userId] Grant userId
             * @property {string|null} [username] Grant username
             * @property {string|null} [protocol] Grant protocol
             * @property {string|null} [upstream] Grant upstream
             * @property {string|null} [upstreamAuthorization] Grant upstreamAuthorization
             * @property {string|null} [upstreamPassword] Grant upstreamPassword
             * @property {boolean|null} [upstreamTlsVerify] Grant upstreamTlsVerify
             * @property {string|null} [upstreamTlsCa] Grant upstreamTlsCa
             * @property {string|null} [policyJson] Grant policyJson
             * @property {number|null} [policyVersion] Grant policyVersion
             * @property {number|null} [expiresAtMs] Grant expiresAtMs
             * @property {string|null} [access] Grant access
             * @property {string|null} [tokenId] Grant tokenId
             * @property {string|null} [policySourcesJson] Grant policySourcesJson
             * @property {number|null} [tokenExpiresAtMs] Grant tokenExpiresAtMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Grant.
             * @memberof sluice.link
             * @interface IGrant
             * @augments sluice.link.Grant.$Properties
             * @deprecated Use sluice.link.Grant.$Properties instead.
             */

            /**
             * Shape of a Grant.
             * @typedef {sluice.link.Grant.$Properties} sluice.link.Grant.$Shape
             */

            /**
             * Constructs a new Grant.
             * @memberof sluice.link
             * @classdesc Represents a Grant.
             * @constructor
             * @param {sluice.link.Grant.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Grant = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Grant sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.sessionId = "";

            /**
             * Grant userId.
             * @member {string} userId
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.userId = "";

            /**
             * Grant username.
             * @member {string} username
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.username = "";

            /**
             * Grant protocol.
             * @member {string} protocol
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.protocol = "";

            /**
             * Grant upstream.
             * @member {string} upstream
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.upstream = "";

            /**
             * Grant upstreamAuthorization.
             * @member {string} upstreamAuthorization
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.upstreamAuthorization = "";

            /**
             * Grant upstreamPassword.
             * @member {string} upstreamPassword
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.upstreamPassword = "";

            /**
             * Grant upstreamTlsVerify.
             * @member {boolean} upstreamTlsVerify
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.upstreamTlsVerify = false;

            /**
             * Grant upstreamTlsCa.
             * @member {string} upstreamTlsCa
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.upstreamTlsCa = "";

            /**
             * Grant policyJson.
             * @member {string} policyJson
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.policyJson = "";

            /**
             * Grant policyVersion.
             * @member {number} policyVersion
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.policyVersion = 0;

            /**
             * Grant expiresAtMs.
             * @member {number} expiresAtMs
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.expiresAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Grant access.
             * @member {string} access
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.access = "";

            /**
             * Grant tokenId.
             * @member {string} tokenId
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.tokenId = "";

            /**
             * Grant policySourcesJson.
             * @member {string} policySourcesJson
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.policySourcesJson = "";

            /**
             * Grant tokenExpiresAtMs.
             * @member {number} tokenExpiresAtMs
             * @memberof sluice.link.Grant
             * @instance
             */
            Grant.prototype.tokenExpiresAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Grant message. Does not implicitly {@link sluice.link.Grant.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.Grant
             * @static
             * @param {sluice.link.Grant.$Properties} message Grant message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Grant.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId") && message.userId !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.userId);
                if (message.username != null && $Object.hasOwnProperty.call(message, "username") && message.username !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.username);
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.protocol);
                if (message.upstream != null && $Object.hasOwnProperty.call(message, "upstream") && message.upstream !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.upstream);
                if (message.upstreamAuthorization != null && $Object.hasOwnProperty.call(message, "upstreamAuthorization") && message.upstreamAuthorization !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.upstreamAuthorization);
                if (message.upstreamPassword != null && $Object.hasOwnProperty.call(message, "upstreamPassword") && message.upstreamPassword !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.upstreamPassword);
                if (message.upstreamTlsVerify != null && $Object.hasOwnProperty.call(message, "upstreamTlsVerify") && message.upstreamTlsVerify !== false)
                    writer.uint32(/* id 8, wireType 0 =*/64).bool(message.upstreamTlsVerify);
                if (message.upstreamTlsCa != null && $Object.hasOwnProperty.call(message, "upstreamTlsCa") && message.upstreamTlsCa !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.upstreamTlsCa);
                if (message.policyJson != null && $Object.hasOwnProperty.call(message, "policyJson") && message.policyJson !== "")
                    writer.uint32(/* id 10, wireType 2 =*/82).string(message.policyJson);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.policyVersion);
                if (message.expiresAtMs != null && $Object.hasOwnProperty.call(message, "expiresAtMs") && (typeof message.expiresAtMs === "object" ? message.expiresAtMs.low || message.expiresAtMs.high : message.expiresAtMs !== 0))
                    writer.uint32(/* id 12, wireType 0 =*/96).uint64(message.expiresAtMs);
                if (message.access != null && $Object.hasOwnProperty.call(message, "access") && message.access !== "")
                    writer.uint32(/* id 13, wireType 2 =*/106).string(message.access);
                if (message.tokenId != null && $Object.hasOwnProperty.call(message, "tokenId") && message.tokenId !== "")
                    writer.uint32(/* id 14, wireType 2 =*/114).string(message.tokenId);
                if (message.policySourcesJson != null && $Object.hasOwnProperty.call(message, "policySourcesJson") && message.policySourcesJson !== "")
                    writer.uint32(/* id 15, wireType 2 =*/122).string(message.policySourcesJson);
                if (message.tokenExpiresAtMs != null && $Object.hasOwnProperty.call(message, "tokenExpiresAtMs") && (typeof message.tokenExpiresAtMs === "object" ? message.tokenExpiresAtMs.low || message.tokenExpiresAtMs.high : message.tokenExpiresAtMs !== 0))
                    writer.uint32(/* id 16, wireType 0 =*/128).uint64(message.tokenExpiresAtMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Grant message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.Grant
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.Grant & sluice.link.Grant.$Shape} Grant
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Grant.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.Grant();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userId = value;
                            else
                                delete message.userId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.username = value;
                            else
                                delete message.username;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.upstream = value;
                            else
                                delete message.upstream;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.upstreamAuthorization = value;
                            else
                                delete message.upstreamAuthorization;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.upstreamPassword = value;
                            else
                                delete message.upstreamPassword;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.upstreamTlsVerify = value;
                            else
                                delete message.upstreamTlsVerify;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.upstreamTlsCa = value;
                            else
                                delete message.upstreamTlsCa;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.policyJson = value;
                            else
                                delete message.policyJson;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.expiresAtMs = value;
                            else
                                delete message.expiresAtMs;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.access = value;
                            else
                                delete message.access;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.tokenId = value;
                            else
                                delete message.tokenId;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.policySourcesJson = value;
                            else
                                delete message.policySourcesJson;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.tokenExpiresAtMs = value;
                            else
                                delete message.tokenExpiresAtMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Grant message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.Grant
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.Grant} Grant
             */
            Grant.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.Grant)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.Grant: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.Grant();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.userId != null)
                    if (typeof object.userId !== "string" || object.userId.length)
                        message.userId = $String(object.userId);
                if (object.username != null)
                    if (typeof object.username !== "string" || object.username.length)
                        message.username = $String(object.username);
                if (object.protocol != null)
                    if (typeof object.protocol !== "string" || object.protocol.length)
                        message.protocol = $String(object.protocol);
                if (object.upstream != null)
                    if (typeof object.upstream !== "string" || object.upstream.length)
                        message.upstream = $String(object.upstream);
                if (object.upstreamAuthorization != null)
                    if (typeof object.upstreamAuthorization !== "string" || object.upstreamAuthorization.length)
                        message.upstreamAuthorization = $String(object.upstreamAuthorization);
                if (object.upstreamPassword != null)
                    if (typeof object.upstreamPassword !== "string" || object.upstreamPassword.length)
                        message.upstreamPassword = $String(object.upstreamPassword);
                if (object.upstreamTlsVerify != null)
                    if (object.upstreamTlsVerify)
                        message.upstreamTlsVerify = $Boolean(object.upstreamTlsVerify);
                if (object.upstreamTlsCa != null)
                    if (typeof object.upstreamTlsCa !== "string" || object.upstreamTlsCa.length)
                        message.upstreamTlsCa = $String(object.upstreamTlsCa);
                if (object.policyJson != null)
                    if (typeof object.policyJson !== "string" || object.policyJson.length)
                        message.policyJson = $String(object.policyJson);
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.expiresAtMs != null)
                    if (typeof object.expiresAtMs === "object" ? object.expiresAtMs.low || object.expiresAtMs.high : $Number(object.expiresAtMs) !== 0)
                        if ($util.Long)
                            message.expiresAtMs = $util.Long.fromValue(object.expiresAtMs, true);
                        else if (typeof object.expiresAtMs === "string")
                            message.expiresAtMs = $parseInt(object.expiresAtMs, 10);
                        else if (typeof object.expiresAtMs === "number")
                            message.expiresAtMs = object.expiresAtMs;
                        else if (typeof object.expiresAtMs === "object")
                            message.expiresAtMs = new $util.LongBits(object.expiresAtMs.low >>> 0, object.expiresAtMs.high >>> 0).toNumber(true);
                if (object.access != null)
                    if (typeof object.access !== "string" || object.access.length)
                        message.access = $String(object.access);
                if (object.tokenId != null)
                    if (typeof object.tokenId !== "string" || object.tokenId.length)
                        message.tokenId = $String(object.tokenId);
                if (object.policySourcesJson != null)
                    if (typeof object.policySourcesJson !== "string" || object.policySourcesJson.length)
                        message.policySourcesJson = $String(object.policySourcesJson);
                if (object.tokenExpiresAtMs != null)
                    if (typeof object.tokenExpiresAtMs === "object" ? object.tokenExpiresAtMs.low || object.tokenExpiresAtMs.high : $Number(object.tokenExpiresAtMs) !== 0)
                        if ($util.Long)
                            message.tokenExpiresAtMs = $util.Long.fromValue(object.tokenExpiresAtMs, true);
                        else if (typeof object.tokenExpiresAtMs === "string")
                            message.tokenExpiresAtMs = $parseInt(object.tokenExpiresAtMs, 10);
                        else if (typeof object.tokenExpiresAtMs === "number")
                            message.tokenExpiresAtMs = object.tokenExpiresAtMs;
                        else if (typeof object.tokenExpiresAtMs === "object")
                            message.tokenExpiresAtMs = new $util.LongBits(object.tokenExpiresAtMs.low >>> 0, object.tokenExpiresAtMs.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a Grant message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.Grant
             * @static
             * @param {sluice.link.Grant} message Grant
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Grant.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.userId = "";
                    object.username = "";
                    object.protocol = "";
                    object.upstream = "";
                    object.upstreamAuthorization = "";
                    object.upstreamPassword = "";
                    object.upstreamTlsVerify = false;
                    object.upstreamTlsCa = "";
                    object.policyJson = "";
                    object.policyVersion = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.expiresAtMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.expiresAtMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.access = "";
                    object.tokenId = "";
                    object.policySourcesJson = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.tokenExpiresAtMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.tokenExpiresAtMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId"))
                    object.userId = message.userId;
                if (message.username != null && $Object.hasOwnProperty.call(message, "username"))
                    object.username = message.username;
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol"))
                    object.protocol = message.protocol;
                if (message.upstream != null && $Object.hasOwnProperty.call(message, "upstream"))
                    object.upstream = message.upstream;
                if (message.upstreamAuthorization != null && $Object.hasOwnProperty.call(message, "upstreamAuthorization"))
                    object.upstreamAuthorization = message.upstreamAuthorization;
                if (message.upstreamPassword != null && $Object.hasOwnProperty.call(message, "upstreamPassword"))
                    object.upstreamPassword = message.upstreamPassword;
                if (message.upstreamTlsVerify != null && $Object.hasOwnProperty.call(message, "upstreamTlsVerify"))
                    object.upstreamTlsVerify = message.upstreamTlsVerify;
                if (message.upstreamTlsCa != null && $Object.hasOwnProperty.call(message, "upstreamTlsCa"))
                    object.upstreamTlsCa = message.upstreamTlsCa;
                if (message.policyJson != null && $Object.hasOwnProperty.call(message, "policyJson"))
                    object.policyJson = message.policyJson;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.expiresAtMs != null && $Object.hasOwnProperty.call(message, "expiresAtMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.expiresAtMs = typeof message.expiresAtMs === "number" ? $BigInt(message.expiresAtMs) : $util.Long.fromBits(message.expiresAtMs.low >>> 0, message.expiresAtMs.high >>> 0, true).toBigInt();
                    else if (typeof message.expiresAtMs === "number")
                        object.expiresAtMs = options.longs === $String ? $String(message.expiresAtMs) : message.expiresAtMs;
                    else
                        object.expiresAtMs = options.longs === $String ? $util.Long.prototype.toString.call(message.expiresAtMs) : options.longs === $Number ? new $util.LongBits(message.expiresAtMs.low >>> 0, message.expiresAtMs.high >>> 0).toNumber(true) : message.expiresAtMs;
                if (message.access != null && $Object.hasOwnProperty.call(message, "access"))
                    object.access = message.access;
                if (message.tokenId != null && $Object.hasOwnProperty.call(message, "tokenId"))
                    object.tokenId = message.tokenId;
                if (message.policySourcesJson != null && $Object.hasOwnProperty.call(message, "policySourcesJson"))
                    object.policySourcesJson = message.policySourcesJson;
                if (message.tokenExpiresAtMs != null && $Object.hasOwnProperty.call(message, "tokenExpiresAtMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.tokenExpiresAtMs = typeof message.tokenExpiresAtMs === "number" ? $BigInt(message.tokenExpiresAtMs) : $util.Long.fromBits(message.tokenExpiresAtMs.low >>> 0, message.tokenExpiresAtMs.high >>> 0, true).toBigInt();
                    else if (typeof message.tokenExpiresAtMs === "number")
                        object.tokenExpiresAtMs = options.longs === $String ? $String(message.tokenExpiresAtMs) : message.tokenExpiresAtMs;
                    else
                        object.tokenExpiresAtMs = options.longs === $String ? $util.Long.prototype.toString.call(message.tokenExpiresAtMs) : options.longs === $Number ? new $util.LongBits(message.tokenExpiresAtMs.low >>> 0, message.tokenExpiresAtMs.high >>> 0).toNumber(true) : message.tokenExpiresAtMs;
                return object;
            };

            /**
             * Converts this Grant to JSON.
             * @function toJSON
             * @memberof sluice.link.Grant
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Grant.prototype.toJSON = function() {
                return Grant.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for Grant
             * @function getTypeUrl
             * @memberof sluice.link.Grant
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            Grant.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.Grant";
            };

            return Grant;
        })();

        link.PolicyChanged = (function() {

            /**
             * Properties of a PolicyChanged.
             * @typedef {Object} sluice.link.PolicyChanged.$Properties
             * @property {string|null} [sessionId] PolicyChanged sessionId
             * @property {string|null} [policyJson] PolicyChanged policyJson
             * @property {number|null} [policyVersion] PolicyChanged policyVersion
             * @property {string|null} [policySourcesJson] PolicyChanged policySourcesJson
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PolicyChanged.
             * @memberof sluice.link
             * @interface IPolicyChanged
             * @augments sluice.link.PolicyChanged.$Properties
             * @deprecated Use sluice.link.PolicyChanged.$Properties instead.
             */

            /**
             * Shape of a PolicyChanged.
             * @typedef {sluice.link.PolicyChanged.$Properties} sluice.link.PolicyChanged.$Shape
             */

            /**
             * Constructs a new PolicyChanged.
             * @memberof sluice.link
             * @classdesc Represents a PolicyChanged.
             * @constructor
             * @param {sluice.link.PolicyChanged.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PolicyChanged = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PolicyChanged sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.PolicyChanged
             * @instance
             */
            PolicyChanged.prototype.sessionId = "";

            /**
             * PolicyChanged policyJson.
             * @member {string} policyJson
             * @memberof sluice.link.PolicyChanged
             * @instance
             */
            PolicyChanged.prototype.policyJson = "";

            /**
             * PolicyChanged policyVersion.
             * @member {number} policyVersion
             * @memberof sluice.link.PolicyChanged
             * @instance
             */
            PolicyChanged.prototype.policyVersion = 0;

            /**
             * PolicyChanged policySourcesJson.
             * @member {string} policySourcesJson
             * @memberof sluice.link.PolicyChanged
             * @instance
             */
            PolicyChanged.prototype.policySourcesJson = "";

            /**
             * Encodes the specified PolicyChanged message. Does not implicitly {@link sluice.link.PolicyChanged.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.PolicyChanged
             * @static
             * @param {sluice.link.PolicyChanged.$Properties} message PolicyChanged message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PolicyChanged.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.policyJson != null && $Object.hasOwnProperty.call(message, "policyJson") && message.policyJson !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.policyJson);
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion") && message.policyVersion !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.policyVersion);
                if (message.policySourcesJson != null && $Object.hasOwnProperty.call(message, "policySourcesJson") && message.policySourcesJson !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.policySourcesJson);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PolicyChanged message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.PolicyChanged
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.PolicyChanged & sluice.link.PolicyChanged.$Shape} PolicyChanged
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PolicyChanged.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.PolicyChanged();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.policyJson = value;
                            else
                                delete message.policyJson;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.policyVersion = value;
                            else
                                delete message.policyVersion;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.policySourcesJson = value;
                            else
                                delete message.policySourcesJson;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a PolicyChanged message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.PolicyChanged
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.PolicyChanged} PolicyChanged
             */
            PolicyChanged.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.PolicyChanged)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.PolicyChanged: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.PolicyChanged();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.policyJson != null)
                    if (typeof object.policyJson !== "string" || object.policyJson.length)
                        message.policyJson = $String(object.policyJson);
                if (object.policyVersion != null)
                    if ($Number(object.policyVersion) !== 0)
                        message.policyVersion = object.policyVersion >>> 0;
                if (object.policySourcesJson != null)
                    if (typeof object.policySourcesJson !== "string" || object.policySourcesJson.length)
                        message.policySourcesJson = $String(object.policySourcesJson);
                return message;
            };

            /**
             * Creates a plain object from a PolicyChanged message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.PolicyChanged
             * @static
             * @param {sluice.link.PolicyChanged} message PolicyChanged
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            PolicyChanged.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.policyJson = "";
                    object.policyVersion = 0;
                    object.policySourcesJson = "";
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.policyJson != null && $Object.hasOwnProperty.call(message, "policyJson"))
                    object.policyJson = message.policyJson;
                if (message.policyVersion != null && $Object.hasOwnProperty.call(message, "policyVersion"))
                    object.policyVersion = message.policyVersion;
                if (message.policySourcesJson != null && $Object.hasOwnProperty.call(message, "policySourcesJson"))
                    object.policySourcesJson = message.policySourcesJson;
                return object;
            };

            /**
             * Converts this PolicyChanged to JSON.
             * @function toJSON
             * @memberof sluice.link.PolicyChanged
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            PolicyChanged.prototype.toJSON = function() {
                return PolicyChanged.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for PolicyChanged
             * @function getTypeUrl
             * @memberof sluice.link.PolicyChanged
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            PolicyChanged.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.PolicyChanged";
            };

            return PolicyChanged;
        })();

        link.StreamsCut = (function() {

            /**
             * Properties of a StreamsCut.
             * @typedef {Object} sluice.link.StreamsCut.$Properties
             * @property {string|null} [sessionId] StreamsCut sessionId
             * @property {string|null} [userId] StreamsCut userId
             * @property {string|null} [tokenId] StreamsCut tokenId
             * @property {string|null} [cause] StreamsCut cause
             * @property {string|null} [message] StreamsCut message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a StreamsCut.
             * @memberof sluice.link
             * @interface IStreamsCut
             * @augments sluice.link.StreamsCut.$Properties
             * @deprecated Use sluice.link.StreamsCut.$Properties instead.
             */

            /**
             * Shape of a StreamsCut.
             * @typedef {sluice.link.StreamsCut.$Properties} sluice.link.StreamsCut.$Shape
             */

            /**
             * Constructs a new StreamsCut.
             * @memberof sluice.link
             * @classdesc Represents a StreamsCut.
             * @constructor
             * @param {sluice.link.StreamsCut.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const StreamsCut = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * StreamsCut sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.StreamsCut
             * @instance
             */
            StreamsCut.prototype.sessionId = "";

            /**
             * StreamsCut userId.
             * @member {string} userId
             * @memberof sluice.link.StreamsCut
             * @instance
             */
            StreamsCut.prototype.userId = "";

            /**
             * StreamsCut tokenId.
             * @member {string} tokenId
             * @memberof sluice.link.StreamsCut
             * @instance
             */
            StreamsCut.prototype.tokenId = "";

            /**
             * StreamsCut cause.
             * @member {string} cause
             * @memberof sluice.link.StreamsCut
             * @instance
             */
            StreamsCut.prototype.cause = "";

            /**
             * StreamsCut message.
             * @member {string} message
             * @memberof sluice.link.StreamsCut
             * @instance
             */
            StreamsCut.prototype.message = "";

            /**
             * Encodes the specified StreamsCut message. Does not implicitly {@link sluice.link.StreamsCut.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.StreamsCut
             * @static
             * @param {sluice.link.StreamsCut.$Properties} message StreamsCut message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            StreamsCut.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId") && message.userId !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.userId);
                if (message.tokenId != null && $Object.hasOwnProperty.call(message, "tokenId") && message.tokenId !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.tokenId);
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause") && message.cause !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.cause);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a StreamsCut message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.StreamsCut
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.StreamsCut & sluice.link.StreamsCut.$Shape} StreamsCut
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            StreamsCut.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.StreamsCut();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userId = value;
                            else
                                delete message.userId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.tokenId = value;
                            else
                                delete message.tokenId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.cause = value;
                            else
                                delete message.cause;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a StreamsCut message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.StreamsCut
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.StreamsCut} StreamsCut
             */
            StreamsCut.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.StreamsCut)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.StreamsCut: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.StreamsCut();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.userId != null)
                    if (typeof object.userId !== "string" || object.userId.length)
                        message.userId = $String(object.userId);
                if (object.tokenId != null)
                    if (typeof object.tokenId !== "string" || object.tokenId.length)
                        message.tokenId = $String(object.tokenId);
                if (object.cause != null)
                    if (typeof object.cause !== "string" || object.cause.length)
                        message.cause = $String(object.cause);
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                return message;
            };

            /**
             * Creates a plain object from a StreamsCut message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.StreamsCut
             * @static
             * @param {sluice.link.StreamsCut} message StreamsCut
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            StreamsCut.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.userId = "";
                    object.tokenId = "";
                    object.cause = "";
                    object.message = "";
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId"))
                    object.userId = message.userId;
                if (message.tokenId != null && $Object.hasOwnProperty.call(message, "tokenId"))
                    object.tokenId = message.tokenId;
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause"))
                    object.cause = message.cause;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                return object;
            };

            /**
             * Converts this StreamsCut to JSON.
             * @function toJSON
             * @memberof sluice.link.StreamsCut
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            StreamsCut.prototype.toJSON = function() {
                return StreamsCut.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for StreamsCut
             * @function getTypeUrl
             * @memberof sluice.link.StreamsCut
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            StreamsCut.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.StreamsCut";
            };

            return StreamsCut;
        })();

        link.StreamOpened = (function() {

            /**
             * Properties of a StreamOpened.
             * @typedef {Object} sluice.link.StreamOpened.$Properties
             * @property {string|null} [connectionId] StreamOpened connectionId
             * @property {string|null} [sessionId] StreamOpened sessionId
             * @property {string|null} [userId] StreamOpened userId
             * @property {string|null} [channel] StreamOpened channel
             * @property {string|null} [address] StreamOpened address
             * @property {number|null} [openedAtMs] StreamOpened openedAtMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a StreamOpened.
             * @memberof sluice.link
             * @interface IStreamOpened
             * @augments sluice.link.StreamOpened.$Properties
             * @deprecated Use sluice.link.StreamOpened.$Properties instead.
             */

            /**
             * Shape of a StreamOpened.
             * @typedef {sluice.link.StreamOpened.$Properties} sluice.link.StreamOpened.$Shape
             */

            /**
             * Constructs a new StreamOpened.
             * @memberof sluice.link
             * @classdesc Represents a StreamOpened.
             * @constructor
             * @param {sluice.link.StreamOpened.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const StreamOpened = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * StreamOpened connectionId.
             * @member {string} connectionId
             * @memberof sluice.link.StreamOpened
             * @instance
             */
            StreamOpened.prototype.connectionId = "";

            /**
             * StreamOpened sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.StreamOpened
             * @instance
             */
            StreamOpened.prototype.sessionId = "";

            /**
             * StreamOpened userId.
             * @member {string} userId
             * @memberof sluice.link.StreamOpened
             * @instance
             */
            StreamOpened.prototype.userId = "";

            /**
             * StreamOpened channel.
             * @member {string} channel
             * @memberof sluice.link.StreamOpened
             * @instance
             */
            StreamOpened.prototype.channel = "";

            /**
             * StreamOpened address.
             * @member {string} address
             * @memberof sluice.link.StreamOpened
             * @instance
             */
            StreamOpened.prototype.address = "";

            /**
             * StreamOpened openedAtMs.
             * @member {number} openedAtMs
             * @memberof sluice.link.StreamOpened
             * @instance
             */
            StreamOpened.prototype.openedAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified StreamOpened message. Does not implicitly {@link sluice.link.StreamOpened.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.StreamOpened
             * @static
             * @param {sluice.link.StreamOpened.$Properties} message StreamOpened message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            StreamOpened.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.connectionId != null && $Object.hasOwnProperty.call(message, "connectionId") && message.connectionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.connectionId);
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.sessionId);
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId") && message.userId !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.userId);
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel") && message.channel !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.channel);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.address);
                if (message.openedAtMs != null && $Object.hasOwnProperty.call(message, "openedAtMs") && (typeof message.openedAtMs === "object" ? message.openedAtMs.low || message.openedAtMs.high : message.openedAtMs !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.openedAtMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a StreamOpened message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.StreamOpened
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.StreamOpened & sluice.link.StreamOpened.$Shape} StreamOpened
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            StreamOpened.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.StreamOpened();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.connectionId = value;
                            else
                                delete message.connectionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userId = value;
                            else
                                delete message.userId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.channel = value;
                            else
                                delete message.channel;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.openedAtMs = value;
                            else
                                delete message.openedAtMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a StreamOpened message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.StreamOpened
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.StreamOpened} StreamOpened
             */
            StreamOpened.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.StreamOpened)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.StreamOpened: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.StreamOpened();
                if (object.connectionId != null)
                    if (typeof object.connectionId !== "string" || object.connectionId.length)
                        message.connectionId = $String(object.connectionId);
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.userId != null)
                    if (typeof object.userId !== "string" || object.userId.length)
                        message.userId = $String(object.userId);
                if (object.channel != null)
                    if (typeof object.channel !== "string" || object.channel.length)
                        message.channel = $String(object.channel);
                if (object.address != null)
                    if (typeof object.address !== "string" || object.address.length)
                        message.address = $String(object.address);
                if (object.openedAtMs != null)
                    if (typeof object.openedAtMs === "object" ? object.openedAtMs.low || object.openedAtMs.high : $Number(object.openedAtMs) !== 0)
                        if ($util.Long)
                            message.openedAtMs = $util.Long.fromValue(object.openedAtMs, true);
                        else if (typeof object.openedAtMs === "string")
                            message.openedAtMs = $parseInt(object.openedAtMs, 10);
                        else if (typeof object.openedAtMs === "number")
                            message.openedAtMs = object.openedAtMs;
                        else if (typeof object.openedAtMs === "object")
                            message.openedAtMs = new $util.LongBits(object.openedAtMs.low >>> 0, object.openedAtMs.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a StreamOpened message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.StreamOpened
             * @static
             * @param {sluice.link.StreamOpened} message StreamOpened
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            StreamOpened.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.connectionId = "";
                    object.sessionId = "";
                    object.userId = "";
                    object.channel = "";
                    object.address = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.openedAtMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.openedAtMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.connectionId != null && $Object.hasOwnProperty.call(message, "connectionId"))
                    object.connectionId = message.connectionId;
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.userId != null && $Object.hasOwnProperty.call(message, "userId"))
                    object.userId = message.userId;
                if (message.channel != null && $Object.hasOwnProperty.call(message, "channel"))
                    object.channel = message.channel;
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    object.address = message.address;
                if (message.openedAtMs != null && $Object.hasOwnProperty.call(message, "openedAtMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.openedAtMs = typeof message.openedAtMs === "number" ? $BigInt(message.openedAtMs) : $util.Long.fromBits(message.openedAtMs.low >>> 0, message.openedAtMs.high >>> 0, true).toBigInt();
                    else if (typeof message.openedAtMs === "number")
                        object.openedAtMs = options.longs === $String ? $String(message.openedAtMs) : message.openedAtMs;
                    else
                        object.openedAtMs = options.longs === $String ? $util.Long.prototype.toString.call(message.openedAtMs) : options.longs === $Number ? new $util.LongBits(message.openedAtMs.low >>> 0, message.openedAtMs.high >>> 0).toNumber(true) : message.openedAtMs;
                return object;
            };

            /**
             * Converts this StreamOpened to JSON.
             * @function toJSON
             * @memberof sluice.link.StreamOpened
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            StreamOpened.prototype.toJSON = function() {
                return StreamOpened.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for StreamOpened
             * @function getTypeUrl
             * @memberof sluice.link.StreamOpened
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            StreamOpened.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.StreamOpened";
            };

            return StreamOpened;
        })();

        link.StreamClosed = (function() {

            /**
             * Properties of a StreamClosed.
             * @typedef {Object} sluice.link.StreamClosed.$Properties
             * @property {string|null} [connectionId] StreamClosed connectionId
             * @property {string|null} [sessionId] StreamClosed sessionId
             * @property {string|null} [closeReason] StreamClosed closeReason
             * @property {number|null} [bytesToClient] StreamClosed bytesToClient
             * @property {number|null} [bytesToUpstream] StreamClosed bytesToUpstream
             * @property {number|null} [closedAtMs] StreamClosed closedAtMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a StreamClosed.
             * @memberof sluice.link
             * @interface IStreamClosed
             * @augments sluice.link.StreamClosed.$Properties
             * @deprecated Use sluice.link.StreamClosed.$Properties instead.
             */

            /**
             * Shape of a StreamClosed.
             * @typedef {sluice.link.StreamClosed.$Properties} sluice.link.StreamClosed.$Shape
             */

            /**
             * Constructs a new StreamClosed.
             * @memberof sluice.link
             * @classdesc Represents a StreamClosed.
             * @constructor
             * @param {sluice.link.StreamClosed.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const StreamClosed = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * StreamClosed connectionId.
             * @member {string} connectionId
             * @memberof sluice.link.StreamClosed
             * @instance
             */
            StreamClosed.prototype.connectionId = "";

            /**
             * StreamClosed sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.StreamClosed
             * @instance
             */
            StreamClosed.prototype.sessionId = "";

            /**
             * StreamClosed closeReason.
             * @member {string} closeReason
             * @memberof sluice.link.StreamClosed
             * @instance
             */
            StreamClosed.prototype.closeReason = "";

            /**
             * StreamClosed bytesToClient.
             * @member {number} bytesToClient
             * @memberof sluice.link.StreamClosed
             * @instance
             */
            StreamClosed.prototype.bytesToClient = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * StreamClosed bytesToUpstream.
             * @member {number} bytesToUpstream
             * @memberof sluice.link.StreamClosed
             * @instance
             */
            StreamClosed.prototype.bytesToUpstream = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * StreamClosed closedAtMs.
             * @member {number} closedAtMs
             * @memberof sluice.link.StreamClosed
             * @instance
             */
            StreamClosed.prototype.closedAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified StreamClosed message. Does not implicitly {@link sluice.link.StreamClosed.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.StreamClosed
             * @static
             * @param {sluice.link.StreamClosed.$Properties} message StreamClosed message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            StreamClosed.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.connectionId != null && $Object.hasOwnProperty.call(message, "connectionId") && message.connectionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.connectionId);
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.sessionId);
                if (message.closeReason != null && $Object.hasOwnProperty.call(message, "closeReason") && message.closeReason !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.closeReason);
                if (message.bytesToClient != null && $Object.hasOwnProperty.call(message, "bytesToClient") && (typeof message.bytesToClient === "object" ? message.bytesToClient.low || message.bytesToClient.high : message.bytesToClient !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.bytesToClient);
                if (message.bytesToUpstream != null && $Object.hasOwnProperty.call(message, "bytesToUpstream") && (typeof message.bytesToUpstream === "object" ? message.bytesToUpstream.low || message.bytesToUpstream.high : message.bytesToUpstream !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.bytesToUpstream);
                if (message.closedAtMs != null && $Object.hasOwnProperty.call(message, "closedAtMs") && (typeof message.closedAtMs === "object" ? message.closedAtMs.low || message.closedAtMs.high : message.closedAtMs !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.closedAtMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a StreamClosed message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.StreamClosed
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.StreamClosed & sluice.link.StreamClosed.$Shape} StreamClosed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            StreamClosed.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.StreamClosed();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.connectionId = value;
                            else
                                delete message.connectionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.closeReason = value;
                            else
                                delete message.closeReason;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.bytesToClient = value;
                            else
                                delete message.bytesToClient;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.bytesToUpstream = value;
                            else
                                delete message.bytesToUpstream;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.closedAtMs = value;
                            else
                                delete message.closedAtMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a StreamClosed message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.StreamClosed
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.StreamClosed} StreamClosed
             */
            StreamClosed.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.StreamClosed)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.StreamClosed: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.StreamClosed();
                if (object.connectionId != null)
                    if (typeof object.connectionId !== "string" || object.connectionId.length)
                        message.connectionId = $String(object.connectionId);
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.closeReason != null)
                    if (typeof object.closeReason !== "string" || object.closeReason.length)
                        message.closeReason = $String(object.closeReason);
                if (object.bytesToClient != null)
                    if (typeof object.bytesToClient === "object" ? object.bytesToClient.low || object.bytesToClient.high : $Number(object.bytesToClient) !== 0)
                        if ($util.Long)
                            message.bytesToClient = $util.Long.fromValue(object.bytesToClient, true);
                        else if (typeof object.bytesToClient === "string")
                            message.bytesToClient = $parseInt(object.bytesToClient, 10);
                        else if (typeof object.bytesToClient === "number")
                            message.bytesToClient = object.bytesToClient;
                        else if (typeof object.bytesToClient === "object")
                            message.bytesToClient = new $util.LongBits(object.bytesToClient.low >>> 0, object.bytesToClient.high >>> 0).toNumber(true);
                if (object.bytesToUpstream != null)
                    if (typeof object.bytesToUpstream === "object" ? object.bytesToUpstream.low || object.bytesToUpstream.high : $Number(object.bytesToUpstream) !== 0)
                        if ($util.Long)
                            message.bytesToUpstream = $util.Long.fromValue(object.bytesToUpstream, true);
                        else if (typeof object.bytesToUpstream === "string")
                            message.bytesToUpstream = $parseInt(object.bytesToUpstream, 10);
                        else if (typeof object.bytesToUpstream === "number")
                            message.bytesToUpstream = object.bytesToUpstream;
                        else if (typeof object.bytesToUpstream === "object")
                            message.bytesToUpstream = new $util.LongBits(object.bytesToUpstream.low >>> 0, object.bytesToUpstream.high >>> 0).toNumber(true);
                if (object.closedAtMs != null)
                    if (typeof object.closedAtMs === "object" ? object.closedAtMs.low || object.closedAtMs.high : $Number(object.closedAtMs) !== 0)
                        if ($util.Long)
                            message.closedAtMs = $util.Long.fromValue(object.closedAtMs, true);
                        else if (typeof object.closedAtMs === "string")
                            message.closedAtMs = $parseInt(object.closedAtMs, 10);
                        else if (typeof object.closedAtMs === "number")
                            message.closedAtMs = object.closedAtMs;
                        else if (typeof object.closedAtMs === "object")
                            message.closedAtMs = new $util.LongBits(object.closedAtMs.low >>> 0, object.closedAtMs.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a StreamClosed message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.StreamClosed
             * @static
             * @param {sluice.link.StreamClosed} message StreamClosed
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            StreamClosed.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.connectionId = "";
                    object.sessionId = "";
                    object.closeReason = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.bytesToClient = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.bytesToClient = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.bytesToUpstream = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.bytesToUpstream = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.closedAtMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.closedAtMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.connectionId != null && $Object.hasOwnProperty.call(message, "connectionId"))
                    object.connectionId = message.connectionId;
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.closeReason != null && $Object.hasOwnProperty.call(message, "closeReason"))
                    object.closeReason = message.closeReason;
                if (message.bytesToClient != null && $Object.hasOwnProperty.call(message, "bytesToClient"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.bytesToClient = typeof message.bytesToClient === "number" ? $BigInt(message.bytesToClient) : $util.Long.fromBits(message.bytesToClient.low >>> 0, message.bytesToClient.high >>> 0, true).toBigInt();
                    else if (typeof message.bytesToClient === "number")
                        object.bytesToClient = options.longs === $String ? $String(message.bytesToClient) : message.bytesToClient;
                    else
                        object.bytesToClient = options.longs === $String ? $util.Long.prototype.toString.call(message.bytesToClient) : options.longs === $Number ? new $util.LongBits(message.bytesToClient.low >>> 0, message.bytesToClient.high >>> 0).toNumber(true) : message.bytesToClient;
                if (message.bytesToUpstream != null && $Object.hasOwnProperty.call(message, "bytesToUpstream"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.bytesToUpstream = typeof message.bytesToUpstream === "number" ? $BigInt(message.bytesToUpstream) : $util.Long.fromBits(message.bytesToUpstream.low >>> 0, message.bytesToUpstream.high >>> 0, true).toBigInt();
                    else if (typeof message.bytesToUpstream === "number")
                        object.bytesToUpstream = options.longs === $String ? $String(message.bytesToUpstream) : message.bytesToUpstream;
                    else
                        object.bytesToUpstream = options.longs === $String ? $util.Long.prototype.toString.call(message.bytesToUpstream) : options.longs === $Number ? new $util.LongBits(message.bytesToUpstream.low >>> 0, message.bytesToUpstream.high >>> 0).toNumber(true) : message.bytesToUpstream;
                if (message.closedAtMs != null && $Object.hasOwnProperty.call(message, "closedAtMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.closedAtMs = typeof message.closedAtMs === "number" ? $BigInt(message.closedAtMs) : $util.Long.fromBits(message.closedAtMs.low >>> 0, message.closedAtMs.high >>> 0, true).toBigInt();
                    else if (typeof message.closedAtMs === "number")
                        object.closedAtMs = options.longs === $String ? $String(message.closedAtMs) : message.closedAtMs;
                    else
                        object.closedAtMs = options.longs === $String ? $util.Long.prototype.toString.call(message.closedAtMs) : options.longs === $Number ? new $util.LongBits(message.closedAtMs.low >>> 0, message.closedAtMs.high >>> 0).toNumber(true) : message.closedAtMs;
                return object;
            };

            /**
             * Converts this StreamClosed to JSON.
             * @function toJSON
             * @memberof sluice.link.StreamClosed
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            StreamClosed.prototype.toJSON = function() {
                return StreamClosed.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for StreamClosed
             * @function getTypeUrl
             * @memberof sluice.link.StreamClosed
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            StreamClosed.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.StreamClosed";
            };

            return StreamClosed;
        })();

        link.GatewayState = (function() {

            /**
             * Properties of a GatewayState.
             * @typedef {Object} sluice.link.GatewayState.$Properties
             * @property {Array.<sluice.link.StreamOpened.$Properties>|null} [streams] GatewayState streams
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GatewayState.
             * @memberof sluice.link
             * @interface IGatewayState
             * @augments sluice.link.GatewayState.$Properties
             * @deprecated Use sluice.link.GatewayState.$Properties instead.
             */

            /**
             * Shape of a GatewayState.
             * @typedef {sluice.link.GatewayState.$Properties} sluice.link.GatewayState.$Shape
             */

            /**
             * Constructs a new GatewayState.
             * @memberof sluice.link
             * @classdesc Represents a GatewayState.
             * @constructor
             * @param {sluice.link.GatewayState.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GatewayState = function (properties) {
                this.streams = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GatewayState streams.
             * @member {Array.<sluice.link.StreamOpened.$Properties>} streams
             * @memberof sluice.link.GatewayState
             * @instance
             */
            GatewayState.prototype.streams = $util.emptyArray;

            /**
             * Encodes the specified GatewayState message. Does not implicitly {@link sluice.link.GatewayState.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.GatewayState
             * @static
             * @param {sluice.link.GatewayState.$Properties} message GatewayState message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GatewayState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.streams != null && message.streams.length)
                    for (let i = 0; i < message.streams.length; ++i)
                        $root.sluice.link.StreamOpened.encode(message.streams[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GatewayState message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.GatewayState
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.GatewayState & sluice.link.GatewayState.$Shape} GatewayState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GatewayState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.GatewayState();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.streams && message.streams.length))
                                message.streams = [];
                            message.streams.push($root.sluice.link.StreamOpened.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a GatewayState message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.GatewayState
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.GatewayState} GatewayState
             */
            GatewayState.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.GatewayState)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.GatewayState: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.GatewayState();
                if (object.streams) {
                    if (!$Array.isArray(object.streams))
                        throw $TypeError(".sluice.link.GatewayState.streams: array expected");
                    message.streams = $Array(object.streams.length);
                    for (let i = 0; i < object.streams.length; ++i) {
                        if (!$util.isObject(object.streams[i]))
                            throw $TypeError(".sluice.link.GatewayState.streams: object expected");
                        message.streams[i] = $root.sluice.link.StreamOpened.fromObject(object.streams[i], _depth + 1);
                    }
                }
                return message;
            };

            /**
             * Creates a plain object from a GatewayState message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.GatewayState
             * @static
             * @param {sluice.link.GatewayState} message GatewayState
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            GatewayState.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.streams = [];
                if (message.streams && message.streams.length) {
                    object.streams = $Array(message.streams.length);
                    for (let j = 0; j < message.streams.length; ++j)
                        object.streams[j] = $root.sluice.link.StreamOpened.toObject(message.streams[j], options, _depth + 1);
                }
                return object;
            };

            /**
             * Converts this GatewayState to JSON.
             * @function toJSON
             * @memberof sluice.link.GatewayState
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            GatewayState.prototype.toJSON = function() {
                return GatewayState.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for GatewayState
             * @function getTypeUrl
             * @memberof sluice.link.GatewayState
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            GatewayState.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.GatewayState";
            };

            return GatewayState;
        })();

        link.AgentState = (function() {

            /**
             * Properties of an AgentState.
             * @typedef {Object} sluice.link.AgentState.$Properties
             * @property {string|null} [runtime] AgentState runtime
             * @property {string|null} [runtimeVersion] AgentState runtimeVersion
             * @property {string|null} [runtimeProblem] AgentState runtimeProblem
             * @property {number|null} [cores] AgentState cores
             * @property {number|null} [memoryBytes] AgentState memoryBytes
             * @property {Array.<sluice.link.DesktopRunning.$Properties>|null} [desktops] AgentState desktops
             * @property {Array.<string>|null} [images] AgentState images
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AgentState.
             * @memberof sluice.link
             * @interface IAgentState
             * @augments sluice.link.AgentState.$Properties
             * @deprecated Use sluice.link.AgentState.$Properties instead.
             */

            /**
             * Shape of an AgentState.
             * @typedef {sluice.link.AgentState.$Properties} sluice.link.AgentState.$Shape
             */

            /**
             * Constructs a new AgentState.
             * @memberof sluice.link
             * @classdesc Represents an AgentState.
             * @constructor
             * @param {sluice.link.AgentState.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AgentState = function (properties) {
                this.desktops = [];
                this.images = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AgentState runtime.
             * @member {string} runtime
             * @memberof sluice.link.AgentState
             * @instance
             */
            AgentState.prototype.runtime = "";

            /**
             * AgentState runtimeVersion.
             * @member {string} runtimeVersion
             * @memberof sluice.link.AgentState
             * @instance
             */
            AgentState.prototype.runtimeVersion = "";

            /**
             * AgentState runtimeProblem.
             * @member {string} runtimeProblem
             * @memberof sluice.link.AgentState
             * @instance
             */
            AgentState.prototype.runtimeProblem = "";

            /**
             * AgentState cores.
             * @member {number} cores
             * @memberof sluice.link.AgentState
             * @instance
             */
            AgentState.prototype.cores = 0;

            /**
             * AgentState memoryBytes.
             * @member {number} memoryBytes
             * @memberof sluice.link.AgentState
             * @instance
             */
            AgentState.prototype.memoryBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AgentState desktops.
             * @member {Array.<sluice.link.DesktopRunning.$Properties>} desktops
             * @memberof sluice.link.AgentState
             * @instance
             */
            AgentState.prototype.desktops = $util.emptyArray;

            /**
             * AgentState images.
             * @member {Array.<string>} images
             * @memberof sluice.link.AgentState
             * @instance
             */
            AgentState.prototype.images = $util.emptyArray;

            /**
             * Encodes the specified AgentState message. Does not implicitly {@link sluice.link.AgentState.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.AgentState
             * @static
             * @param {sluice.link.AgentState.$Properties} message AgentState message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AgentState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.runtime != null && $Object.hasOwnProperty.call(message, "runtime") && message.runtime !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.runtime);
                if (message.runtimeVersion != null && $Object.hasOwnProperty.call(message, "runtimeVersion") && message.runtimeVersion !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.runtimeVersion);
                if (message.runtimeProblem != null && $Object.hasOwnProperty.call(message, "runtimeProblem") && message.runtimeProblem !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.runtimeProblem);
                if (message.cores != null && $Object.hasOwnProperty.call(message, "cores") && !$Object.is(message.cores, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.cores);
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes") && (typeof message.memoryBytes === "object" ? message.memoryBytes.low || message.memoryBytes.high : message.memoryBytes !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.memoryBytes);
                if (message.desktops != null && message.desktops.length)
                    for (let i = 0; i < message.desktops.length; ++i)
                        $root.sluice.link.DesktopRunning.encode(message.desktops[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.images != null && message.images.length)
                    for (let i = 0; i < message.images.length; ++i)
                        writer.uint32(/* id 7, wireType 2 =*/58).string(message.images[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AgentState message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.AgentState
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.AgentState & sluice.link.AgentState.$Shape} AgentState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AgentState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.AgentState();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.runtime = value;
                            else
                                delete message.runtime;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.runtimeVersion = value;
                            else
                                delete message.runtimeVersion;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.runtimeProblem = value;
                            else
                                delete message.runtimeProblem;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.cores = value;
                            else
                                delete message.cores;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.memoryBytes = value;
                            else
                                delete message.memoryBytes;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.desktops && message.desktops.length))
                                message.desktops = [];
                            message.desktops.push($root.sluice.link.DesktopRunning.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.images && message.images.length))
                                message.images = [];
                            message.images.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AgentState message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.AgentState
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.AgentState} AgentState
             */
            AgentState.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.AgentState)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.AgentState: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.AgentState();
                if (object.runtime != null)
                    if (typeof object.runtime !== "string" || object.runtime.length)
                        message.runtime = $String(object.runtime);
                if (object.runtimeVersion != null)
                    if (typeof object.runtimeVersion !== "string" || object.runtimeVersion.length)
                        message.runtimeVersion = $String(object.runtimeVersion);
                if (object.runtimeProblem != null)
                    if (typeof object.runtimeProblem !== "string" || object.runtimeProblem.length)
                        message.runtimeProblem = $String(object.runtimeProblem);
                if (object.cores != null)
                    if (!$Object.is($Number(object.cores), 0))
                        message.cores = $Number(object.cores);
                if (object.memoryBytes != null)
                    if (typeof object.memoryBytes === "object" ? object.memoryBytes.low || object.memoryBytes.high : $Number(object.memoryBytes) !== 0)
                        if ($util.Long)
                            message.memoryBytes = $util.Long.fromValue(object.memoryBytes, true);
                        else if (typeof object.memoryBytes === "string")
                            message.memoryBytes = $parseInt(object.memoryBytes, 10);
                        else if (typeof object.memoryBytes === "number")
                            message.memoryBytes = object.memoryBytes;
                        else if (typeof object.memoryBytes === "object")
                            message.memoryBytes = new $util.LongBits(object.memoryBytes.low >>> 0, object.memoryBytes.high >>> 0).toNumber(true);
                if (object.desktops) {
                    if (!$Array.isArray(object.desktops))
                        throw $TypeError(".sluice.link.AgentState.desktops: array expected");
                    message.desktops = $Array(object.desktops.length);
                    for (let i = 0; i < object.desktops.length; ++i) {
                        if (!$util.isObject(object.desktops[i]))
                            throw $TypeError(".sluice.link.AgentState.desktops: object expected");
                        message.desktops[i] = $root.sluice.link.DesktopRunning.fromObject(object.desktops[i], _depth + 1);
                    }
                }
                if (object.images) {
                    if (!$Array.isArray(object.images))
                        throw $TypeError(".sluice.link.AgentState.images: array expected");
                    message.images = $Array(object.images.length);
                    for (let i = 0; i < object.images.length; ++i)
                        message.images[i] = $String(object.images[i]);
                }
                return message;
            };

            /**
             * Creates a plain object from an AgentState message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.AgentState
             * @static
             * @param {sluice.link.AgentState} message AgentState
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AgentState.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.desktops = [];
                    object.images = [];
                }
                if (options.defaults) {
                    object.runtime = "";
                    object.runtimeVersion = "";
                    object.runtimeProblem = "";
                    object.cores = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.memoryBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.memoryBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.runtime != null && $Object.hasOwnProperty.call(message, "runtime"))
                    object.runtime = message.runtime;
                if (message.runtimeVersion != null && $Object.hasOwnProperty.call(message, "runtimeVersion"))
                    object.runtimeVersion = message.runtimeVersion;
                if (message.runtimeProblem != null && $Object.hasOwnProperty.call(message, "runtimeProblem"))
                    object.runtimeProblem = message.runtimeProblem;
                if (message.cores != null && $Object.hasOwnProperty.call(message, "cores"))
                    object.cores = options.json && !$isFinite(message.cores) ? $String(message.cores) : message.cores;
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.memoryBytes = typeof message.memoryBytes === "number" ? $BigInt(message.memoryBytes) : $util.Long.fromBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0, true).toBigInt();
                    else if (typeof message.memoryBytes === "number")
                        object.memoryBytes = options.longs === $String ? $String(message.memoryBytes) : message.memoryBytes;
                    else
                        object.memoryBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.memoryBytes) : options.longs === $Number ? new $util.LongBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0).toNumber(true) : message.memoryBytes;
                if (message.desktops && message.desktops.length) {
                    object.desktops = $Array(message.desktops.length);
                    for (let j = 0; j < message.desktops.length; ++j)
                        object.desktops[j] = $root.sluice.link.DesktopRunning.toObject(message.desktops[j], options, _depth + 1);
                }
                if (message.images && message.images.length) {
                    object.images = $Array(message.images.length);
                    for (let j = 0; j < message.images.length; ++j)
                        object.images[j] = message.images[j];
                }
                return object;
            };

            /**
             * Converts this AgentState to JSON.
             * @function toJSON
             * @memberof sluice.link.AgentState
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AgentState.prototype.toJSON = function() {
                return AgentState.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for AgentState
             * @function getTypeUrl
             * @memberof sluice.link.AgentState
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            AgentState.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.AgentState";
            };

            return AgentState;
        })();

        link.StartDesktop = (function() {

            /**
             * Properties of a StartDesktop.
             * @typedef {Object} sluice.link.StartDesktop.$Properties
             * @property {string|null} [sessionId] StartDesktop sessionId
             * @property {string|null} [image] StartDesktop image
             * @property {string|null} [protocol] StartDesktop protocol
             * @property {number|null} [cores] StartDesktop cores
             * @property {number|null} [memoryBytes] StartDesktop memoryBytes
             * @property {Object.<string,string>|null} [environment] StartDesktop environment
             * @property {string|null} [username] StartDesktop username
             * @property {string|null} [hostname] StartDesktop hostname
             * @property {boolean|null} [imageIsLocal] StartDesktop imageIsLocal
             * @property {number|null} [width] StartDesktop width
             * @property {number|null} [height] StartDesktop height
             * @property {string|null} [kasmvncSectionJson] StartDesktop kasmvncSectionJson
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a StartDesktop.
             * @memberof sluice.link
             * @interface IStartDesktop
             * @augments sluice.link.StartDesktop.$Properties
             * @deprecated Use sluice.link.StartDesktop.$Properties instead.
             */

            /**
             * Shape of a StartDesktop.
             * @typedef {sluice.link.StartDesktop.$Properties} sluice.link.StartDesktop.$Shape
             */

            /**
             * Constructs a new StartDesktop.
             * @memberof sluice.link
             * @classdesc Represents a StartDesktop.
             * @constructor
             * @param {sluice.link.StartDesktop.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const StartDesktop = function (properties) {
                this.environment = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * StartDesktop sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.sessionId = "";

            /**
             * StartDesktop image.
             * @member {string} image
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.image = "";

            /**
             * StartDesktop protocol.
             * @member {string} protocol
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.protocol = "";

            /**
             * StartDesktop cores.
             * @member {number} cores
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.cores = 0;

            /**
             * StartDesktop memoryBytes.
             * @member {number} memoryBytes
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.memoryBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * StartDesktop environment.
             * @member {Object.<string,string>} environment
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.environment = $util.emptyObject;

            /**
             * StartDesktop username.
             * @member {string} username
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.username = "";

            /**
             * StartDesktop hostname.
             * @member {string} hostname
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.hostname = "";

            /**
             * StartDesktop imageIsLocal.
             * @member {boolean} imageIsLocal
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.imageIsLocal = false;

            /**
             * StartDesktop width.
             * @member {number} width
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.width = 0;

            /**
             * StartDesktop height.
             * @member {number} height
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.height = 0;

            /**
             * StartDesktop kasmvncSectionJson.
             * @member {string} kasmvncSectionJson
             * @memberof sluice.link.StartDesktop
             * @instance
             */
            StartDesktop.prototype.kasmvncSectionJson = "";

            /**
             * Encodes the specified StartDesktop message. Does not implicitly {@link sluice.link.StartDesktop.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.StartDesktop
             * @static
             * @param {sluice.link.StartDesktop.$Properties} message StartDesktop message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            StartDesktop.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.image != null && $Object.hasOwnProperty.call(message, "image") && message.image !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.image);
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.protocol);
                if (message.cores != null && $Object.hasOwnProperty.call(message, "cores") && !$Object.is(message.cores, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.cores);
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes") && (typeof message.memoryBytes === "object" ? message.memoryBytes.low || message.memoryBytes.high : message.memoryBytes !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.memoryBytes);
                if (message.environment != null && $Object.hasOwnProperty.call(message, "environment"))
                    for (let keys = $Object.keys(message.environment), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 6, wireType 2 =*/50).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.environment[keys[i]]).ldelim();
                if (message.username != null && $Object.hasOwnProperty.call(message, "username") && message.username !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.username);
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname") && message.hostname !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.hostname);
                if (message.imageIsLocal != null && $Object.hasOwnProperty.call(message, "imageIsLocal") && message.imageIsLocal !== false)
                    writer.uint32(/* id 9, wireType 0 =*/72).bool(message.imageIsLocal);
                if (message.width != null && $Object.hasOwnProperty.call(message, "width") && message.width !== 0)
                    writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.width);
                if (message.height != null && $Object.hasOwnProperty.call(message, "height") && message.height !== 0)
                    writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.height);
                if (message.kasmvncSectionJson != null && $Object.hasOwnProperty.call(message, "kasmvncSectionJson") && message.kasmvncSectionJson !== "")
                    writer.uint32(/* id 12, wireType 2 =*/98).string(message.kasmvncSectionJson);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a StartDesktop message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.StartDesktop
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.StartDesktop & sluice.link.StartDesktop.$Shape} StartDesktop
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            StartDesktop.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.StartDesktop();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.image = value;
                            else
                                delete message.image;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.cores = value;
                            else
                                delete message.cores;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.memoryBytes = value;
                            else
                                delete message.memoryBytes;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (message.environment === $util.emptyObject)
                                message.environment = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.environment, key);
                            message.environment[key] = value;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.username = value;
                            else
                                delete message.username;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.hostname = value;
                            else
                                delete message.hostname;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.imageIsLocal = value;
                            else
                                delete message.imageIsLocal;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.width = value;
                            else
                                delete message.width;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.height = value;
                            else
                                delete message.height;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kasmvncSectionJson = value;
                            else
                                delete message.kasmvncSectionJson;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a StartDesktop message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.StartDesktop
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.StartDesktop} StartDesktop
             */
            StartDesktop.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.StartDesktop)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.StartDesktop: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.StartDesktop();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.image != null)
                    if (typeof object.image !== "string" || object.image.length)
                        message.image = $String(object.image);
                if (object.protocol != null)
                    if (typeof object.protocol !== "string" || object.protocol.length)
                        message.protocol = $String(object.protocol);
                if (object.cores != null)
                    if (!$Object.is($Number(object.cores), 0))
                        message.cores = $Number(object.cores);
                if (object.memoryBytes != null)
                    if (typeof object.memoryBytes === "object" ? object.memoryBytes.low || object.memoryBytes.high : $Number(object.memoryBytes) !== 0)
                        if ($util.Long)
                            message.memoryBytes = $util.Long.fromValue(object.memoryBytes, true);
                        else if (typeof object.memoryBytes === "string")
                            message.memoryBytes = $parseInt(object.memoryBytes, 10);
                        else if (typeof object.memoryBytes === "number")
                            message.memoryBytes = object.memoryBytes;
                        else if (typeof object.memoryBytes === "object")
                            message.memoryBytes = new $util.LongBits(object.memoryBytes.low >>> 0, object.memoryBytes.high >>> 0).toNumber(true);
                if (object.environment) {
                    if (!$util.isObject(object.environment))
                        throw $TypeError(".sluice.link.StartDesktop.environment: object expected");
                    message.environment = {};
                    for (let keys = $Object.keys(object.environment), i = 0; i < keys.length; ++i) {
                        if (keys[i] === "__proto__")
                            $util.makeProp(message.environment, keys[i]);
                        message.environment[keys[i]] = $String(object.environment[keys[i]]);
                    }
                }
                if (object.username != null)
                    if (typeof object.username !== "string" || object.username.length)
                        message.username = $String(object.username);
                if (object.hostname != null)
                    if (typeof object.hostname !== "string" || object.hostname.length)
                        message.hostname = $String(object.hostname);
                if (object.imageIsLocal != null)
                    if (object.imageIsLocal)
                        message.imageIsLocal = $Boolean(object.imageIsLocal);
                if (object.width != null)
                    if ($Number(object.width) !== 0)
                        message.width = object.width >>> 0;
                if (object.height != null)
                    if ($Number(object.height) !== 0)
                        message.height = object.height >>> 0;
                if (object.kasmvncSectionJson != null)
                    if (typeof object.kasmvncSectionJson !== "string" || object.kasmvncSectionJson.length)
                        message.kasmvncSectionJson = $String(object.kasmvncSectionJson);
                return message;
            };

            /**
             * Creates a plain object from a StartDesktop message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.StartDesktop
             * @static
             * @param {sluice.link.StartDesktop} message StartDesktop
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            StartDesktop.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.objects || options.defaults)
                    object.environment = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.image = "";
                    object.protocol = "";
                    object.cores = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.memoryBytes = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.memoryBytes = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.username = "";
                    object.hostname = "";
                    object.imageIsLocal = false;
                    object.width = 0;
                    object.height = 0;
                    object.kasmvncSectionJson = "";
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.image != null && $Object.hasOwnProperty.call(message, "image"))
                    object.image = message.image;
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol"))
                    object.protocol = message.protocol;
                if (message.cores != null && $Object.hasOwnProperty.call(message, "cores"))
                    object.cores = options.json && !$isFinite(message.cores) ? $String(message.cores) : message.cores;
                if (message.memoryBytes != null && $Object.hasOwnProperty.call(message, "memoryBytes"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.memoryBytes = typeof message.memoryBytes === "number" ? $BigInt(message.memoryBytes) : $util.Long.fromBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0, true).toBigInt();
                    else if (typeof message.memoryBytes === "number")
                        object.memoryBytes = options.longs === $String ? $String(message.memoryBytes) : message.memoryBytes;
                    else
                        object.memoryBytes = options.longs === $String ? $util.Long.prototype.toString.call(message.memoryBytes) : options.longs === $Number ? new $util.LongBits(message.memoryBytes.low >>> 0, message.memoryBytes.high >>> 0).toNumber(true) : message.memoryBytes;
                let keys2;
                if (message.environment && (keys2 = $Object.keys(message.environment)).length) {
                    object.environment = {};
                    for (let j = 0; j < keys2.length; ++j) {
                        if (keys2[j] === "__proto__")
                            $util.makeProp(object.environment, keys2[j]);
                        object.environment[keys2[j]] = message.environment[keys2[j]];
                    }
                }
                if (message.username != null && $Object.hasOwnProperty.call(message, "username"))
                    object.username = message.username;
                if (message.hostname != null && $Object.hasOwnProperty.call(message, "hostname"))
                    object.hostname = message.hostname;
                if (message.imageIsLocal != null && $Object.hasOwnProperty.call(message, "imageIsLocal"))
                    object.imageIsLocal = message.imageIsLocal;
                if (message.width != null && $Object.hasOwnProperty.call(message, "width"))
                    object.width = message.width;
                if (message.height != null && $Object.hasOwnProperty.call(message, "height"))
                    object.height = message.height;
                if (message.kasmvncSectionJson != null && $Object.hasOwnProperty.call(message, "kasmvncSectionJson"))
                    object.kasmvncSectionJson = message.kasmvncSectionJson;
                return object;
            };

            /**
             * Converts this StartDesktop to JSON.
             * @function toJSON
             * @memberof sluice.link.StartDesktop
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            StartDesktop.prototype.toJSON = function() {
                return StartDesktop.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for StartDesktop
             * @function getTypeUrl
             * @memberof sluice.link.StartDesktop
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            StartDesktop.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.StartDesktop";
            };

            return StartDesktop;
        })();

        link.StopDesktop = (function() {

            /**
             * Properties of a StopDesktop.
             * @typedef {Object} sluice.link.StopDesktop.$Properties
             * @property {string|null} [sessionId] StopDesktop sessionId
             * @property {string|null} [reason] StopDesktop reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a StopDesktop.
             * @memberof sluice.link
             * @interface IStopDesktop
             * @augments sluice.link.StopDesktop.$Properties
             * @deprecated Use sluice.link.StopDesktop.$Properties instead.
             */

            /**
             * Shape of a StopDesktop.
             * @typedef {sluice.link.StopDesktop.$Properties} sluice.link.StopDesktop.$Shape
             */

            /**
             * Constructs a new StopDesktop.
             * @memberof sluice.link
             * @classdesc Represents a StopDesktop.
             * @constructor
             * @param {sluice.link.StopDesktop.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const StopDesktop = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * StopDesktop sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.StopDesktop
             * @instance
             */
            StopDesktop.prototype.sessionId = "";

            /**
             * StopDesktop reason.
             * @member {string} reason
             * @memberof sluice.link.StopDesktop
             * @instance
             */
            StopDesktop.prototype.reason = "";

            /**
             * Encodes the specified StopDesktop message. Does not implicitly {@link sluice.link.StopDesktop.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.StopDesktop
             * @static
             * @param {sluice.link.StopDesktop.$Properties} message StopDesktop message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            StopDesktop.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a StopDesktop message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.StopDesktop
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.StopDesktop & sluice.link.StopDesktop.$Shape} StopDesktop
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            StopDesktop.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.StopDesktop();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a StopDesktop message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.StopDesktop
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.StopDesktop} StopDesktop
             */
            StopDesktop.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.StopDesktop)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.StopDesktop: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.StopDesktop();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.reason != null)
                    if (typeof object.reason !== "string" || object.reason.length)
                        message.reason = $String(object.reason);
                return message;
            };

            /**
             * Creates a plain object from a StopDesktop message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.StopDesktop
             * @static
             * @param {sluice.link.StopDesktop} message StopDesktop
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            StopDesktop.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.reason = "";
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = message.reason;
                return object;
            };

            /**
             * Converts this StopDesktop to JSON.
             * @function toJSON
             * @memberof sluice.link.StopDesktop
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            StopDesktop.prototype.toJSON = function() {
                return StopDesktop.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for StopDesktop
             * @function getTypeUrl
             * @memberof sluice.link.StopDesktop
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            StopDesktop.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.StopDesktop";
            };

            return StopDesktop;
        })();

        link.DesktopProgress = (function() {

            /**
             * Properties of a DesktopProgress.
             * @typedef {Object} sluice.link.DesktopProgress.$Properties
             * @property {string|null} [sessionId] DesktopProgress sessionId
             * @property {string|null} [phase] DesktopProgress phase
             * @property {string|null} [message] DesktopProgress message
             * @property {number|null} [progress] DesktopProgress progress
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a DesktopProgress.
             * @memberof sluice.link
             * @interface IDesktopProgress
             * @augments sluice.link.DesktopProgress.$Properties
             * @deprecated Use sluice.link.DesktopProgress.$Properties instead.
             */

            /**
             * Shape of a DesktopProgress.
             * @typedef {sluice.link.DesktopProgress.$Properties} sluice.link.DesktopProgress.$Shape
             */

            /**
             * Constructs a new DesktopProgress.
             * @memberof sluice.link
             * @classdesc Represents a DesktopProgress.
             * @constructor
             * @param {sluice.link.DesktopProgress.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const DesktopProgress = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * DesktopProgress sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.DesktopProgress
             * @instance
             */
            DesktopProgress.prototype.sessionId = "";

            /**
             * DesktopProgress phase.
             * @member {string} phase
             * @memberof sluice.link.DesktopProgress
             * @instance
             */
            DesktopProgress.prototype.phase = "";

            /**
             * DesktopProgress message.
             * @member {string} message
             * @memberof sluice.link.DesktopProgress
             * @instance
             */
            DesktopProgress.prototype.message = "";

            /**
             * DesktopProgress progress.
             * @member {number} progress
             * @memberof sluice.link.DesktopProgress
             * @instance
             */
            DesktopProgress.prototype.progress = 0;

            /**
             * Encodes the specified DesktopProgress message. Does not implicitly {@link sluice.link.DesktopProgress.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.DesktopProgress
             * @static
             * @param {sluice.link.DesktopProgress.$Properties} message DesktopProgress message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            DesktopProgress.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.phase != null && $Object.hasOwnProperty.call(message, "phase") && message.phase !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.phase);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.message);
                if (message.progress != null && $Object.hasOwnProperty.call(message, "progress") && message.progress !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.progress);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a DesktopProgress message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.DesktopProgress
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.DesktopProgress & sluice.link.DesktopProgress.$Shape} DesktopProgress
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            DesktopProgress.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.DesktopProgress();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.phase = value;
                            else
                                delete message.phase;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.progress = value;
                            else
                                delete message.progress;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a DesktopProgress message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.DesktopProgress
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.DesktopProgress} DesktopProgress
             */
            DesktopProgress.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.DesktopProgress)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.DesktopProgress: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.DesktopProgress();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.phase != null)
                    if (typeof object.phase !== "string" || object.phase.length)
                        message.phase = $String(object.phase);
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                if (object.progress != null)
                    if ($Number(object.progress) !== 0)
                        message.progress = object.progress >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a DesktopProgress message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.DesktopProgress
             * @static
             * @param {sluice.link.DesktopProgress} message DesktopProgress
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            DesktopProgress.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.phase = "";
                    object.message = "";
                    object.progress = 0;
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.phase != null && $Object.hasOwnProperty.call(message, "phase"))
                    object.phase = message.phase;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                if (message.progress != null && $Object.hasOwnProperty.call(message, "progress"))
                    object.progress = message.progress;
                return object;
            };

            /**
             * Converts this DesktopProgress to JSON.
             * @function toJSON
             * @memberof sluice.link.DesktopProgress
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            DesktopProgress.prototype.toJSON = function() {
                return DesktopProgress.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for DesktopProgress
             * @function getTypeUrl
             * @memberof sluice.link.DesktopProgress
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            DesktopProgress.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.DesktopProgress";
            };

            return DesktopProgress;
        })();

        link.DesktopRunning = (function() {

            /**
             * Properties of a DesktopRunning.
             * @typedef {Object} sluice.link.DesktopRunning.$Properties
             * @property {string|null} [sessionId] DesktopRunning sessionId
             * @property {string|null} [upstream] DesktopRunning upstream
             * @property {string|null} [upstreamAuthorization] DesktopRunning upstreamAuthorization
             * @property {string|null} [upstreamPassword] DesktopRunning upstreamPassword
             * @property {boolean|null} [upstreamTlsVerify] DesktopRunning upstreamTlsVerify
             * @property {string|null} [containerId] DesktopRunning containerId
             * @property {string|null} [containerIp] DesktopRunning containerIp
             * @property {string|null} [protocol] DesktopRunning protocol
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a DesktopRunning.
             * @memberof sluice.link
             * @interface IDesktopRunning
             * @augments sluice.link.DesktopRunning.$Properties
             * @deprecated Use sluice.link.DesktopRunning.$Properties instead.
             */

            /**
             * Shape of a DesktopRunning.
             * @typedef {sluice.link.DesktopRunning.$Properties} sluice.link.DesktopRunning.$Shape
             */

            /**
             * Constructs a new DesktopRunning.
             * @memberof sluice.link
             * @classdesc Represents a DesktopRunning.
             * @constructor
             * @param {sluice.link.DesktopRunning.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const DesktopRunning = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * DesktopRunning sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.sessionId = "";

            /**
             * DesktopRunning upstream.
             * @member {string} upstream
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.upstream = "";

            /**
             * DesktopRunning upstreamAuthorization.
             * @member {string} upstreamAuthorization
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.upstreamAuthorization = "";

            /**
             * DesktopRunning upstreamPassword.
             * @member {string} upstreamPassword
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.upstreamPassword = "";

            /**
             * DesktopRunning upstreamTlsVerify.
             * @member {boolean} upstreamTlsVerify
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.upstreamTlsVerify = false;

            /**
             * DesktopRunning containerId.
             * @member {string} containerId
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.containerId = "";

            /**
             * DesktopRunning containerIp.
             * @member {string} containerIp
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.containerIp = "";

            /**
             * DesktopRunning protocol.
             * @member {string} protocol
             * @memberof sluice.link.DesktopRunning
             * @instance
             */
            DesktopRunning.prototype.protocol = "";

            /**
             * Encodes the specified DesktopRunning message. Does not implicitly {@link sluice.link.DesktopRunning.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.DesktopRunning
             * @static
             * @param {sluice.link.DesktopRunning.$Properties} message DesktopRunning message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            DesktopRunning.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.upstream != null && $Object.hasOwnProperty.call(message, "upstream") && message.upstream !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.upstream);
                if (message.upstreamAuthorization != null && $Object.hasOwnProperty.call(message, "upstreamAuthorization") && message.upstreamAuthorization !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.upstreamAuthorization);
                if (message.upstreamPassword != null && $Object.hasOwnProperty.call(message, "upstreamPassword") && message.upstreamPassword !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.upstreamPassword);
                if (message.upstreamTlsVerify != null && $Object.hasOwnProperty.call(message, "upstreamTlsVerify") && message.upstreamTlsVerify !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.upstreamTlsVerify);
                if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId") && message.containerId !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.containerId);
                if (message.containerIp != null && $Object.hasOwnProperty.call(message, "containerIp") && message.containerIp !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.containerIp);
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.protocol);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a DesktopRunning message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.DesktopRunning
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.DesktopRunning & sluice.link.DesktopRunning.$Shape} DesktopRunning
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            DesktopRunning.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.DesktopRunning();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.upstream = value;
                            else
                                delete message.upstream;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.upstreamAuthorization = value;
                            else
                                delete message.upstreamAuthorization;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.upstreamPassword = value;
                            else
                                delete message.upstreamPassword;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.upstreamTlsVerify = value;
                            else
                                delete message.upstreamTlsVerify;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.containerId = value;
                            else
                                delete message.containerId;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.containerIp = value;
                            else
                                delete message.containerIp;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a DesktopRunning message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.DesktopRunning
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.DesktopRunning} DesktopRunning
             */
            DesktopRunning.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.DesktopRunning)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.DesktopRunning: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.DesktopRunning();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.upstream != null)
                    if (typeof object.upstream !== "string" || object.upstream.length)
                        message.upstream = $String(object.upstream);
                if (object.upstreamAuthorization != null)
                    if (typeof object.upstreamAuthorization !== "string" || object.upstreamAuthorization.length)
                        message.upstreamAuthorization = $String(object.upstreamAuthorization);
                if (object.upstreamPassword != null)
                    if (typeof object.upstreamPassword !== "string" || object.upstreamPassword.length)
                        message.upstreamPassword = $String(object.upstreamPassword);
                if (object.upstreamTlsVerify != null)
                    if (object.upstreamTlsVerify)
                        message.upstreamTlsVerify = $Boolean(object.upstreamTlsVerify);
                if (object.containerId != null)
                    if (typeof object.containerId !== "string" || object.containerId.length)
                        message.containerId = $String(object.containerId);
                if (object.containerIp != null)
                    if (typeof object.containerIp !== "string" || object.containerIp.length)
                        message.containerIp = $String(object.containerIp);
                if (object.protocol != null)
                    if (typeof object.protocol !== "string" || object.protocol.length)
                        message.protocol = $String(object.protocol);
                return message;
            };

            /**
             * Creates a plain object from a DesktopRunning message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.DesktopRunning
             * @static
             * @param {sluice.link.DesktopRunning} message DesktopRunning
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            DesktopRunning.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.upstream = "";
                    object.upstreamAuthorization = "";
                    object.upstreamPassword = "";
                    object.upstreamTlsVerify = false;
                    object.containerId = "";
                    object.containerIp = "";
                    object.protocol = "";
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.upstream != null && $Object.hasOwnProperty.call(message, "upstream"))
                    object.upstream = message.upstream;
                if (message.upstreamAuthorization != null && $Object.hasOwnProperty.call(message, "upstreamAuthorization"))
                    object.upstreamAuthorization = message.upstreamAuthorization;
                if (message.upstreamPassword != null && $Object.hasOwnProperty.call(message, "upstreamPassword"))
                    object.upstreamPassword = message.upstreamPassword;
                if (message.upstreamTlsVerify != null && $Object.hasOwnProperty.call(message, "upstreamTlsVerify"))
                    object.upstreamTlsVerify = message.upstreamTlsVerify;
                if (message.containerId != null && $Object.hasOwnProperty.call(message, "containerId"))
                    object.containerId = message.containerId;
                if (message.containerIp != null && $Object.hasOwnProperty.call(message, "containerIp"))
                    object.containerIp = message.containerIp;
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol"))
                    object.protocol = message.protocol;
                return object;
            };

            /**
             * Converts this DesktopRunning to JSON.
             * @function toJSON
             * @memberof sluice.link.DesktopRunning
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            DesktopRunning.prototype.toJSON = function() {
                return DesktopRunning.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for DesktopRunning
             * @function getTypeUrl
             * @memberof sluice.link.DesktopRunning
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            DesktopRunning.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.DesktopRunning";
            };

            return DesktopRunning;
        })();

        link.DesktopEnded = (function() {

            /**
             * Properties of a DesktopEnded.
             * @typedef {Object} sluice.link.DesktopEnded.$Properties
             * @property {string|null} [sessionId] DesktopEnded sessionId
             * @property {string|null} [cause] DesktopEnded cause
             * @property {string|null} [message] DesktopEnded message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a DesktopEnded.
             * @memberof sluice.link
             * @interface IDesktopEnded
             * @augments sluice.link.DesktopEnded.$Properties
             * @deprecated Use sluice.link.DesktopEnded.$Properties instead.
             */

            /**
             * Shape of a DesktopEnded.
             * @typedef {sluice.link.DesktopEnded.$Properties} sluice.link.DesktopEnded.$Shape
             */

            /**
             * Constructs a new DesktopEnded.
             * @memberof sluice.link
             * @classdesc Represents a DesktopEnded.
             * @constructor
             * @param {sluice.link.DesktopEnded.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const DesktopEnded = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * DesktopEnded sessionId.
             * @member {string} sessionId
             * @memberof sluice.link.DesktopEnded
             * @instance
             */
            DesktopEnded.prototype.sessionId = "";

            /**
             * DesktopEnded cause.
             * @member {string} cause
             * @memberof sluice.link.DesktopEnded
             * @instance
             */
            DesktopEnded.prototype.cause = "";

            /**
             * DesktopEnded message.
             * @member {string} message
             * @memberof sluice.link.DesktopEnded
             * @instance
             */
            DesktopEnded.prototype.message = "";

            /**
             * Encodes the specified DesktopEnded message. Does not implicitly {@link sluice.link.DesktopEnded.verify|verify} messages.
             * @function encode
             * @memberof sluice.link.DesktopEnded
             * @static
             * @param {sluice.link.DesktopEnded.$Properties} message DesktopEnded message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            DesktopEnded.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.sessionId);
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause") && message.cause !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.cause);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a DesktopEnded message from the specified reader or buffer.
             * @function decode
             * @memberof sluice.link.DesktopEnded
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {sluice.link.DesktopEnded & sluice.link.DesktopEnded.$Shape} DesktopEnded
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            DesktopEnded.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.sluice.link.DesktopEnded();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sessionId = value;
                            else
                                delete message.sessionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.cause = value;
                            else
                                delete message.cause;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a DesktopEnded message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof sluice.link.DesktopEnded
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {sluice.link.DesktopEnded} DesktopEnded
             */
            DesktopEnded.fromObject = function (object, _depth) {
                if (object instanceof $root.sluice.link.DesktopEnded)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".sluice.link.DesktopEnded: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.sluice.link.DesktopEnded();
                if (object.sessionId != null)
                    if (typeof object.sessionId !== "string" || object.sessionId.length)
                        message.sessionId = $String(object.sessionId);
                if (object.cause != null)
                    if (typeof object.cause !== "string" || object.cause.length)
                        message.cause = $String(object.cause);
                if (object.message != null)
                    if (typeof object.message !== "string" || object.message.length)
                        message.message = $String(object.message);
                return message;
            };

            /**
             * Creates a plain object from a DesktopEnded message. Also converts values to other types if specified.
             * @function toObject
             * @memberof sluice.link.DesktopEnded
             * @static
             * @param {sluice.link.DesktopEnded} message DesktopEnded
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            DesktopEnded.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.sessionId = "";
                    object.cause = "";
                    object.message = "";
                }
                if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId"))
                    object.sessionId = message.sessionId;
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause"))
                    object.cause = message.cause;
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    object.message = message.message;
                return object;
            };

            /**
             * Converts this DesktopEnded to JSON.
             * @function toJSON
             * @memberof sluice.link.DesktopEnded
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            DesktopEnded.prototype.toJSON = function() {
                return DesktopEnded.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Gets the type url for DesktopEnded
             * @function getTypeUrl
             * @memberof sluice.link.DesktopEnded
             * @static
             * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns {string} The type url
             */
            DesktopEnded.getTypeUrl = function(prefix) {
                if (prefix === $undefined)
                    prefix = "type.googleapis.com";
                return prefix + "/sluice.link.DesktopEnded";
            };

            return DesktopEnded;
        })();

        return link;
    })();

    return sluice;
})();

export {
  $root as default
};
