import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace sluice. */
export namespace sluice {

    /** Namespace link. */
    namespace link {

        /**
         * Properties of a Frame.
         * @deprecated Use sluice.link.Frame.$Properties instead.
         */
        interface IFrame extends sluice.link.Frame.$Properties {
        }

        /** Represents a Frame. */
        class Frame {

            /**
             * Constructs a new Frame.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.Frame.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Frame id. */
            id: number;

            /** Frame replyTo. */
            replyTo: number;

            /** Frame hello. */
            hello?: (sluice.link.Hello.$Properties|null);

            /** Frame welcome. */
            welcome?: (sluice.link.Welcome.$Properties|null);

            /** Frame heartbeat. */
            heartbeat?: (sluice.link.Heartbeat.$Properties|null);

            /** Frame refused. */
            refused?: (sluice.link.Refused.$Properties|null);

            /** Frame authoriseRequest. */
            authoriseRequest?: (sluice.link.AuthoriseRequest.$Properties|null);

            /** Frame authoriseReply. */
            authoriseReply?: (sluice.link.AuthoriseReply.$Properties|null);

            /** Frame policyChanged. */
            policyChanged?: (sluice.link.PolicyChanged.$Properties|null);

            /** Frame streamsCut. */
            streamsCut?: (sluice.link.StreamsCut.$Properties|null);

            /** Frame streamOpened. */
            streamOpened?: (sluice.link.StreamOpened.$Properties|null);

            /** Frame streamClosed. */
            streamClosed?: (sluice.link.StreamClosed.$Properties|null);

            /** Frame gatewayState. */
            gatewayState?: (sluice.link.GatewayState.$Properties|null);

            /** Frame agentState. */
            agentState?: (sluice.link.AgentState.$Properties|null);

            /** Frame startDesktop. */
            startDesktop?: (sluice.link.StartDesktop.$Properties|null);

            /** Frame stopDesktop. */
            stopDesktop?: (sluice.link.StopDesktop.$Properties|null);

            /** Frame desktopProgress. */
            desktopProgress?: (sluice.link.DesktopProgress.$Properties|null);

            /** Frame desktopRunning. */
            desktopRunning?: (sluice.link.DesktopRunning.$Properties|null);

            /** Frame desktopEnded. */
            desktopEnded?: (sluice.link.DesktopEnded.$Properties|null);

            /** Frame body. */
            body?: ("hello"|"welcome"|"heartbeat"|"refused"|"authoriseRequest"|"authoriseReply"|"policyChanged"|"streamsCut"|"streamOpened"|"streamClosed"|"gatewayState"|"agentState"|"startDesktop"|"stopDesktop"|"desktopProgress"|"desktopRunning"|"desktopEnded");

            /**
             * Encodes the specified Frame message. Does not implicitly {@link sluice.link.Frame.verify|verify} messages.
             * @param message Frame message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.Frame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Frame message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.Frame & sluice.link.Frame.$Shape} Frame
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.Frame & sluice.link.Frame.$Shape;

            /**
             * Creates a Frame message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Frame
             */
            static fromObject(object: { [k: string]: any }): sluice.link.Frame;

            /**
             * Creates a plain object from a Frame message. Also converts values to other types if specified.
             * @param message Frame
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.Frame, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Frame to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Frame
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Frame {

            /** Properties of a Frame. */
            interface $Properties {

                /** Frame id */
                id?: (number|null);

                /** Frame replyTo */
                replyTo?: (number|null);

                /** Frame hello */
                hello?: (sluice.link.Hello.$Properties|null);

                /** Frame welcome */
                welcome?: (sluice.link.Welcome.$Properties|null);

                /** Frame heartbeat */
                heartbeat?: (sluice.link.Heartbeat.$Properties|null);

                /** Frame refused */
                refused?: (sluice.link.Refused.$Properties|null);

                /** Frame authoriseRequest */
                authoriseRequest?: (sluice.link.AuthoriseRequest.$Properties|null);

                /** Frame authoriseReply */
                authoriseReply?: (sluice.link.AuthoriseReply.$Properties|null);

                /** Frame policyChanged */
                policyChanged?: (sluice.link.PolicyChanged.$Properties|null);

                /** Frame streamsCut */
                streamsCut?: (sluice.link.StreamsCut.$Properties|null);

                /** Frame streamOpened */
                streamOpened?: (sluice.link.StreamOpened.$Properties|null);

                /** Frame streamClosed */
                streamClosed?: (sluice.link.StreamClosed.$Properties|null);

                /** Frame gatewayState */
                gatewayState?: (sluice.link.GatewayState.$Properties|null);

                /** Frame agentState */
                agentState?: (sluice.link.AgentState.$Properties|null);

                /** Frame startDesktop */
                startDesktop?: (sluice.link.StartDesktop.$Properties|null);

                /** Frame stopDesktop */
                stopDesktop?: (sluice.link.StopDesktop.$Properties|null);

                /** Frame desktopProgress */
                desktopProgress?: (sluice.link.DesktopProgress.$Properties|null);

                /** Frame desktopRunning */
                desktopRunning?: (sluice.link.DesktopRunning.$Properties|null);

                /** Frame desktopEnded */
                desktopEnded?: (sluice.link.DesktopEnded.$Properties|null);

                /** Frame body */
                body?: ("hello"|"welcome"|"heartbeat"|"refused"|"authoriseRequest"|"authoriseReply"|"policyChanged"|"streamsCut"|"streamOpened"|"streamClosed"|"gatewayState"|"agentState"|"startDesktop"|"stopDesktop"|"desktopProgress"|"desktopRunning"|"desktopEnded");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Frame. */
            type $Shape = {
              id?: number|null;
              replyTo?: number|null;
              hello?: sluice.link.Hello.$Shape|null;
              welcome?: sluice.link.Welcome.$Shape|null;
              heartbeat?: sluice.link.Heartbeat.$Shape|null;
              refused?: sluice.link.Refused.$Shape|null;
              authoriseRequest?: sluice.link.AuthoriseRequest.$Shape|null;
              authoriseReply?: sluice.link.AuthoriseReply.$Shape|null;
              policyChanged?: sluice.link.PolicyChanged.$Shape|null;
              streamsCut?: sluice.link.StreamsCut.$Shape|null;
              streamOpened?: sluice.link.StreamOpened.$Shape|null;
              streamClosed?: sluice.link.StreamClosed.$Shape|null;
              gatewayState?: sluice.link.GatewayState.$Shape|null;
              agentState?: sluice.link.AgentState.$Shape|null;
              startDesktop?: sluice.link.StartDesktop.$Shape|null;
              stopDesktop?: sluice.link.StopDesktop.$Shape|null;
              desktopProgress?: sluice.link.DesktopProgress.$Shape|null;
              desktopRunning?: sluice.link.DesktopRunning.$Shape|null;
              desktopEnded?: sluice.link.DesktopEnded.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "hello"; hello: sluice.link.Hello.$Shape; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "welcome"; hello?: null; welcome: sluice.link.Welcome.$Shape; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "heartbeat"; hello?: null; welcome?: null; heartbeat: sluice.link.Heartbeat.$Shape; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "refused"; hello?: null; welcome?: null; heartbeat?: null; refused: sluice.link.Refused.$Shape; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "authoriseRequest"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest: sluice.link.AuthoriseRequest.$Shape; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "authoriseReply"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply: sluice.link.AuthoriseReply.$Shape; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "policyChanged"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged: sluice.link.PolicyChanged.$Shape; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "streamsCut"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut: sluice.link.StreamsCut.$Shape; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "streamOpened"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened: sluice.link.StreamOpened.$Shape; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "streamClosed"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed: sluice.link.StreamClosed.$Shape; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "gatewayState"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState: sluice.link.GatewayState.$Shape; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "agentState"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState: sluice.link.AgentState.$Shape; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "startDesktop"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop: sluice.link.StartDesktop.$Shape; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "stopDesktop"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop: sluice.link.StopDesktop.$Shape; desktopProgress?: null; desktopRunning?: null; desktopEnded?: null }|{ body?: "desktopProgress"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress: sluice.link.DesktopProgress.$Shape; desktopRunning?: null; desktopEnded?: null }|{ body?: "desktopRunning"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning: sluice.link.DesktopRunning.$Shape; desktopEnded?: null }|{ body?: "desktopEnded"; hello?: null; welcome?: null; heartbeat?: null; refused?: null; authoriseRequest?: null; authoriseReply?: null; policyChanged?: null; streamsCut?: null; streamOpened?: null; streamClosed?: null; gatewayState?: null; agentState?: null; startDesktop?: null; stopDesktop?: null; desktopProgress?: null; desktopRunning?: null; desktopEnded: sluice.link.DesktopEnded.$Shape })
            );
        }

        /**
         * Properties of a Hello.
         * @deprecated Use sluice.link.Hello.$Properties instead.
         */
        interface IHello extends sluice.link.Hello.$Properties {
        }

        /** Represents a Hello. */
        class Hello {

            /**
             * Constructs a new Hello.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.Hello.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Hello role. */
            role: string;

            /** Hello name. */
            name: string;

            /** Hello version. */
            version: string;

            /** Hello instance. */
            instance: string;

            /**
             * Encodes the specified Hello message. Does not implicitly {@link sluice.link.Hello.verify|verify} messages.
             * @param message Hello message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Hello message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.Hello & sluice.link.Hello.$Shape} Hello
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.Hello & sluice.link.Hello.$Shape;

            /**
             * Creates a Hello message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Hello
             */
            static fromObject(object: { [k: string]: any }): sluice.link.Hello;

            /**
             * Creates a plain object from a Hello message. Also converts values to other types if specified.
             * @param message Hello
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.Hello, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Hello to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Hello
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Hello {

            /** Properties of a Hello. */
            interface $Properties {

                /** Hello role */
                role?: (string|null);

                /** Hello name */
                name?: (string|null);

                /** Hello version */
                version?: (string|null);

                /** Hello instance */
                instance?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Hello. */
            type $Shape = sluice.link.Hello.$Properties;
        }

        /**
         * Properties of a Welcome.
         * @deprecated Use sluice.link.Welcome.$Properties instead.
         */
        interface IWelcome extends sluice.link.Welcome.$Properties {
        }

        /** Represents a Welcome. */
        class Welcome {

            /**
             * Constructs a new Welcome.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.Welcome.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Welcome nodeId. */
            nodeId: string;

            /** Welcome credential. */
            credential: string;

            /** Welcome heartbeatMs. */
            heartbeatMs: number;

            /** Welcome controlVersion. */
            controlVersion: string;

            /**
             * Encodes the specified Welcome message. Does not implicitly {@link sluice.link.Welcome.verify|verify} messages.
             * @param message Welcome message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Welcome message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.Welcome & sluice.link.Welcome.$Shape} Welcome
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.Welcome & sluice.link.Welcome.$Shape;

            /**
             * Creates a Welcome message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Welcome
             */
            static fromObject(object: { [k: string]: any }): sluice.link.Welcome;

            /**
             * Creates a plain object from a Welcome message. Also converts values to other types if specified.
             * @param message Welcome
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.Welcome, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Welcome to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Welcome
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Welcome {

            /** Properties of a Welcome. */
            interface $Properties {

                /** Welcome nodeId */
                nodeId?: (string|null);

                /** Welcome credential */
                credential?: (string|null);

                /** Welcome heartbeatMs */
                heartbeatMs?: (number|null);

                /** Welcome controlVersion */
                controlVersion?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Welcome. */
            type $Shape = sluice.link.Welcome.$Properties;
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use sluice.link.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends sluice.link.Heartbeat.$Properties {
        }

        /** Represents a Heartbeat. */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Heartbeat sentAtMs. */
            sentAtMs: number;

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link sluice.link.Heartbeat.verify|verify} messages.
             * @param message Heartbeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.Heartbeat & sluice.link.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.Heartbeat & sluice.link.Heartbeat.$Shape;

            /**
             * Creates a Heartbeat message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Heartbeat
             */
            static fromObject(object: { [k: string]: any }): sluice.link.Heartbeat;

            /**
             * Creates a plain object from a Heartbeat message. Also converts values to other types if specified.
             * @param message Heartbeat
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.Heartbeat, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Heartbeat to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Heartbeat
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Heartbeat {

            /** Properties of a Heartbeat. */
            interface $Properties {

                /** Heartbeat sentAtMs */
                sentAtMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = sluice.link.Heartbeat.$Properties;
        }

        /**
         * Properties of a Refused.
         * @deprecated Use sluice.link.Refused.$Properties instead.
         */
        interface IRefused extends sluice.link.Refused.$Properties {
        }

        /** Represents a Refused. */
        class Refused {

            /**
             * Constructs a new Refused.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.Refused.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Refused reason. */
            reason: string;

            /**
             * Encodes the specified Refused message. Does not implicitly {@link sluice.link.Refused.verify|verify} messages.
             * @param message Refused message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.Refused.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Refused message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.Refused & sluice.link.Refused.$Shape} Refused
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.Refused & sluice.link.Refused.$Shape;

            /**
             * Creates a Refused message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Refused
             */
            static fromObject(object: { [k: string]: any }): sluice.link.Refused;

            /**
             * Creates a plain object from a Refused message. Also converts values to other types if specified.
             * @param message Refused
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.Refused, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Refused to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Refused
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Refused {

            /** Properties of a Refused. */
            interface $Properties {

                /** Refused reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Refused. */
            type $Shape = sluice.link.Refused.$Properties;
        }

        /**
         * Properties of an AuthoriseRequest.
         * @deprecated Use sluice.link.AuthoriseRequest.$Properties instead.
         */
        interface IAuthoriseRequest extends sluice.link.AuthoriseRequest.$Properties {
        }

        /** Represents an AuthoriseRequest. */
        class AuthoriseRequest {

            /**
             * Constructs a new AuthoriseRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.AuthoriseRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AuthoriseRequest sessionId. */
            sessionId: string;

            /** AuthoriseRequest token. */
            token: string;

            /** AuthoriseRequest channel. */
            channel: string;

            /** AuthoriseRequest address. */
            address: string;

            /**
             * Encodes the specified AuthoriseRequest message. Does not implicitly {@link sluice.link.AuthoriseRequest.verify|verify} messages.
             * @param message AuthoriseRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.AuthoriseRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AuthoriseRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.AuthoriseRequest & sluice.link.AuthoriseRequest.$Shape} AuthoriseRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.AuthoriseRequest & sluice.link.AuthoriseRequest.$Shape;

            /**
             * Creates an AuthoriseRequest message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AuthoriseRequest
             */
            static fromObject(object: { [k: string]: any }): sluice.link.AuthoriseRequest;

            /**
             * Creates a plain object from an AuthoriseRequest message. Also converts values to other types if specified.
             * @param message AuthoriseRequest
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.AuthoriseRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AuthoriseRequest to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for AuthoriseRequest
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace AuthoriseRequest {

            /** Properties of an AuthoriseRequest. */
            interface $Properties {

                /** AuthoriseRequest sessionId */
                sessionId?: (string|null);

                /** AuthoriseRequest token */
                token?: (string|null);

                /** AuthoriseRequest channel */
                channel?: (string|null);

                /** AuthoriseRequest address */
                address?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AuthoriseRequest. */
            type $Shape = sluice.link.AuthoriseRequest.$Properties;
        }

        /**
         * Properties of an AuthoriseReply.
         * @deprecated Use sluice.link.AuthoriseReply.$Properties instead.
         */
        interface IAuthoriseReply extends sluice.link.AuthoriseReply.$Properties {
        }

        /** Represents an AuthoriseReply. */
        class AuthoriseReply {

            /**
             * Constructs a new AuthoriseReply.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.AuthoriseReply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AuthoriseReply grant. */
            grant?: (sluice.link.Grant.$Properties|null);

            /** AuthoriseReply refusal. */
            refusal?: (string|null);

            /** AuthoriseReply answer. */
            answer?: ("grant"|"refusal");

            /**
             * Encodes the specified AuthoriseReply message. Does not implicitly {@link sluice.link.AuthoriseReply.verify|verify} messages.
             * @param message AuthoriseReply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.AuthoriseReply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AuthoriseReply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.AuthoriseReply & sluice.link.AuthoriseReply.$Shape} AuthoriseReply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.AuthoriseReply & sluice.link.AuthoriseReply.$Shape;

            /**
             * Creates an AuthoriseReply message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AuthoriseReply
             */
            static fromObject(object: { [k: string]: any }): sluice.link.AuthoriseReply;

            /**
             * Creates a plain object from an AuthoriseReply message. Also converts values to other types if specified.
             * @param message AuthoriseReply
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.AuthoriseReply, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AuthoriseReply to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for AuthoriseReply
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace AuthoriseReply {

            /** Properties of an AuthoriseReply. */
            interface $Properties {

                /** AuthoriseReply grant */
                grant?: (sluice.link.Grant.$Properties|null);

                /** AuthoriseReply refusal */
                refusal?: (string|null);

                /** AuthoriseReply answer */
                answer?: ("grant"|"refusal");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an AuthoriseReply. */
            type $Shape = {
              grant?: sluice.link.Grant.$Shape|null;
              refusal?: string|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ answer?: undefined; grant?: null; refusal?: null }|{ answer?: "grant"; grant: sluice.link.Grant.$Shape; refusal?: null }|{ answer?: "refusal"; grant?: null; refusal: string })
            );
        }

        /**
         * Properties of a Grant.
         * @deprecated Use sluice.link.Grant.$Properties instead.
         */
        interface IGrant extends sluice.link.Grant.$Properties {
        }

        /** Represents a Grant. */
        class Grant {

            /**
             * Constructs a new Grant.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.Grant.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Grant sessionId. */
            sessionId: string;

            /** Grant userId. */
            userId: string;

            /** Grant username. */
            username: string;

            /** Grant protocol. */
            protocol: string;

            /** Grant upstream. */
            upstream: string;

            /** Grant upstreamAuthorization. */
            upstreamAuthorization: string;

            /** Grant upstreamPassword. */
            upstreamPassword: string;

            /** Grant upstreamTlsVerify. */
            upstreamTlsVerify: boolean;

            /** Grant upstreamTlsCa. */
            upstreamTlsCa: string;

            /** Grant policyJson. */
            policyJson: string;

            /** Grant policyVersion. */
            policyVersion: number;

            /** Grant expiresAtMs. */
            expiresAtMs: number;

            /** Grant access. */
            access: string;

            /** Grant tokenId. */
            tokenId: string;

            /** Grant policySourcesJson. */
            policySourcesJson: string;

            /** Grant tokenExpiresAtMs. */
            tokenExpiresAtMs: number;

            /**
             * Encodes the specified Grant message. Does not implicitly {@link sluice.link.Grant.verify|verify} messages.
             * @param message Grant message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.Grant.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Grant message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.Grant & sluice.link.Grant.$Shape} Grant
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.Grant & sluice.link.Grant.$Shape;

            /**
             * Creates a Grant message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Grant
             */
            static fromObject(object: { [k: string]: any }): sluice.link.Grant;

            /**
             * Creates a plain object from a Grant message. Also converts values to other types if specified.
             * @param message Grant
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.Grant, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Grant to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for Grant
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Grant {

            /** Properties of a Grant. */
            interface $Properties {

                /** Grant sessionId */
                sessionId?: (string|null);

                /** Grant userId */
                userId?: (string|null);

                /** Grant username */
                username?: (string|null);

                /** Grant protocol */
                protocol?: (string|null);

                /** Grant upstream */
                upstream?: (string|null);

                /** Grant upstreamAuthorization */
                upstreamAuthorization?: (string|null);

                /** Grant upstreamPassword */
                upstreamPassword?: (string|null);

                /** Grant upstreamTlsVerify */
                upstreamTlsVerify?: (boolean|null);

                /** Grant upstreamTlsCa */
                upstreamTlsCa?: (string|null);

                /** Grant policyJson */
                policyJson?: (string|null);

                /** Grant policyVersion */
                policyVersion?: (number|null);

                /** Grant expiresAtMs */
                expiresAtMs?: (number|null);

                /** Grant access */
                access?: (string|null);

                /** Grant tokenId */
                tokenId?: (string|null);

                /** Grant policySourcesJson */
                policySourcesJson?: (string|null);

                /** Grant tokenExpiresAtMs */
                tokenExpiresAtMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Grant. */
            type $Shape = sluice.link.Grant.$Properties;
        }

        /**
         * Properties of a PolicyChanged.
         * @deprecated Use sluice.link.PolicyChanged.$Properties instead.
         */
        interface IPolicyChanged extends sluice.link.PolicyChanged.$Properties {
        }

        /** Represents a PolicyChanged. */
        class PolicyChanged {

            /**
             * Constructs a new PolicyChanged.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.PolicyChanged.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PolicyChanged sessionId. */
            sessionId: string;

            /** PolicyChanged policyJson. */
            policyJson: string;

            /** PolicyChanged policyVersion. */
            policyVersion: number;

            /** PolicyChanged policySourcesJson. */
            policySourcesJson: string;

            /**
             * Encodes the specified PolicyChanged message. Does not implicitly {@link sluice.link.PolicyChanged.verify|verify} messages.
             * @param message PolicyChanged message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.PolicyChanged.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PolicyChanged message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.PolicyChanged & sluice.link.PolicyChanged.$Shape} PolicyChanged
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.PolicyChanged & sluice.link.PolicyChanged.$Shape;

            /**
             * Creates a PolicyChanged message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns PolicyChanged
             */
            static fromObject(object: { [k: string]: any }): sluice.link.PolicyChanged;

            /**
             * Creates a plain object from a PolicyChanged message. Also converts values to other types if specified.
             * @param message PolicyChanged
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.PolicyChanged, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this PolicyChanged to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for PolicyChanged
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace PolicyChanged {

            /** Properties of a PolicyChanged. */
            interface $Properties {

                /** PolicyChanged sessionId */
                sessionId?: (string|null);

                /** PolicyChanged policyJson */
                policyJson?: (string|null);

                /** PolicyChanged policyVersion */
                policyVersion?: (number|null);

                /** PolicyChanged policySourcesJson */
                policySourcesJson?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PolicyChanged. */
            type $Shape = sluice.link.PolicyChanged.$Properties;
        }

        /**
         * Properties of a StreamsCut.
         * @deprecated Use sluice.link.StreamsCut.$Properties instead.
         */
        interface IStreamsCut extends sluice.link.StreamsCut.$Properties {
        }

        /** Represents a StreamsCut. */
        class StreamsCut {

            /**
             * Constructs a new StreamsCut.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.StreamsCut.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** StreamsCut sessionId. */
            sessionId: string;

            /** StreamsCut userId. */
            userId: string;

            /** StreamsCut tokenId. */
            tokenId: string;

            /** StreamsCut cause. */
            cause: string;

            /** StreamsCut message. */
            message: string;

            /**
             * Encodes the specified StreamsCut message. Does not implicitly {@link sluice.link.StreamsCut.verify|verify} messages.
             * @param message StreamsCut message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.StreamsCut.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StreamsCut message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.StreamsCut & sluice.link.StreamsCut.$Shape} StreamsCut
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.StreamsCut & sluice.link.StreamsCut.$Shape;

            /**
             * Creates a StreamsCut message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns StreamsCut
             */
            static fromObject(object: { [k: string]: any }): sluice.link.StreamsCut;

            /**
             * Creates a plain object from a StreamsCut message. Also converts values to other types if specified.
             * @param message StreamsCut
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.StreamsCut, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this StreamsCut to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for StreamsCut
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace StreamsCut {

            /** Properties of a StreamsCut. */
            interface $Properties {

                /** StreamsCut sessionId */
                sessionId?: (string|null);

                /** StreamsCut userId */
                userId?: (string|null);

                /** StreamsCut tokenId */
                tokenId?: (string|null);

                /** StreamsCut cause */
                cause?: (string|null);

                /** StreamsCut message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StreamsCut. */
            type $Shape = sluice.link.StreamsCut.$Properties;
        }

        /**
         * Properties of a StreamOpened.
         * @deprecated Use sluice.link.StreamOpened.$Properties instead.
         */
        interface IStreamOpened extends sluice.link.StreamOpened.$Properties {
        }

        /** Represents a StreamOpened. */
        class StreamOpened {

            /**
             * Constructs a new StreamOpened.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.StreamOpened.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** StreamOpened connectionId. */
            connectionId: string;

            /** StreamOpened sessionId. */
            sessionId: string;

            /** StreamOpened userId. */
            userId: string;

            /** StreamOpened channel. */
            channel: string;

            /** StreamOpened address. */
            address: string;

            /** StreamOpened openedAtMs. */
            openedAtMs: number;

            /**
             * Encodes the specified StreamOpened message. Does not implicitly {@link sluice.link.StreamOpened.verify|verify} messages.
             * @param message StreamOpened message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.StreamOpened.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StreamOpened message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.StreamOpened & sluice.link.StreamOpened.$Shape} StreamOpened
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.StreamOpened & sluice.link.StreamOpened.$Shape;

            /**
             * Creates a StreamOpened message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns StreamOpened
             */
            static fromObject(object: { [k: string]: any }): sluice.link.StreamOpened;

            /**
             * Creates a plain object from a StreamOpened message. Also converts values to other types if specified.
             * @param message StreamOpened
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.StreamOpened, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this StreamOpened to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for StreamOpened
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace StreamOpened {

            /** Properties of a StreamOpened. */
            interface $Properties {

                /** StreamOpened connectionId */
                connectionId?: (string|null);

                /** StreamOpened sessionId */
                sessionId?: (string|null);

                /** StreamOpened userId */
                userId?: (string|null);

                /** StreamOpened channel */
                channel?: (string|null);

                /** StreamOpened address */
                address?: (string|null);

                /** StreamOpened openedAtMs */
                openedAtMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StreamOpened. */
            type $Shape = sluice.link.StreamOpened.$Properties;
        }

        /**
         * Properties of a StreamClosed.
         * @deprecated Use sluice.link.StreamClosed.$Properties instead.
         */
        interface IStreamClosed extends sluice.link.StreamClosed.$Properties {
        }

        /** Represents a StreamClosed. */
        class StreamClosed {

            /**
             * Constructs a new StreamClosed.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.StreamClosed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** StreamClosed connectionId. */
            connectionId: string;

            /** StreamClosed sessionId. */
            sessionId: string;

            /** StreamClosed closeReason. */
            closeReason: string;

            /** StreamClosed bytesToClient. */
            bytesToClient: number;

            /** StreamClosed bytesToUpstream. */
            bytesToUpstream: number;

            /** StreamClosed closedAtMs. */
            closedAtMs: number;

            /**
             * Encodes the specified StreamClosed message. Does not implicitly {@link sluice.link.StreamClosed.verify|verify} messages.
             * @param message StreamClosed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.StreamClosed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StreamClosed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.StreamClosed & sluice.link.StreamClosed.$Shape} StreamClosed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.StreamClosed & sluice.link.StreamClosed.$Shape;

            /**
             * Creates a StreamClosed message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns StreamClosed
             */
            static fromObject(object: { [k: string]: any }): sluice.link.StreamClosed;

            /**
             * Creates a plain object from a StreamClosed message. Also converts values to other types if specified.
             * @param message StreamClosed
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.StreamClosed, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this StreamClosed to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for StreamClosed
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace StreamClosed {

            /** Properties of a StreamClosed. */
            interface $Properties {

                /** StreamClosed connectionId */
                connectionId?: (string|null);

                /** StreamClosed sessionId */
                sessionId?: (string|null);

                /** StreamClosed closeReason */
                closeReason?: (string|null);

                /** StreamClosed bytesToClient */
                bytesToClient?: (number|null);

                /** StreamClosed bytesToUpstream */
                bytesToUpstream?: (number|null);

                /** StreamClosed closedAtMs */
                closedAtMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StreamClosed. */
            type $Shape = sluice.link.StreamClosed.$Properties;
        }

        /**
         * Properties of a GatewayState.
         * @deprecated Use sluice.link.GatewayState.$Properties instead.
         */
        interface IGatewayState extends sluice.link.GatewayState.$Properties {
        }

        /** Represents a GatewayState. */
        class GatewayState {

            /**
             * Constructs a new GatewayState.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.GatewayState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GatewayState streams. */
            streams: sluice.link.StreamOpened.$Properties[];

            /**
             * Encodes the specified GatewayState message. Does not implicitly {@link sluice.link.GatewayState.verify|verify} messages.
             * @param message GatewayState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.GatewayState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GatewayState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.GatewayState & sluice.link.GatewayState.$Shape} GatewayState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.GatewayState & sluice.link.GatewayState.$Shape;

            /**
             * Creates a GatewayState message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns GatewayState
             */
            static fromObject(object: { [k: string]: any }): sluice.link.GatewayState;

            /**
             * Creates a plain object from a GatewayState message. Also converts values to other types if specified.
             * @param message GatewayState
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.GatewayState, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this GatewayState to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for GatewayState
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace GatewayState {

            /** Properties of a GatewayState. */
            interface $Properties {

                /** GatewayState streams */
                streams?: (sluice.link.StreamOpened.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GatewayState. */
            type $Shape = sluice.link.GatewayState.$Properties;
        }

        /**
         * Properties of an AgentState.
         * @deprecated Use sluice.link.AgentState.$Properties instead.
         */
        interface IAgentState extends sluice.link.AgentState.$Properties {
        }

        /** Represents an AgentState. */
        class AgentState {

            /**
             * Constructs a new AgentState.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.AgentState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AgentState runtime. */
            runtime: string;

            /** AgentState runtimeVersion. */
            runtimeVersion: string;

            /** AgentState runtimeProblem. */
            runtimeProblem: string;

            /** AgentState cores. */
            cores: number;

            /** AgentState memoryBytes. */
            memoryBytes: number;

            /** AgentState desktops. */
            desktops: sluice.link.DesktopRunning.$Properties[];

            /** AgentState images. */
            images: string[];

            /**
             * Encodes the specified AgentState message. Does not implicitly {@link sluice.link.AgentState.verify|verify} messages.
             * @param message AgentState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.AgentState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AgentState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.AgentState & sluice.link.AgentState.$Shape} AgentState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.AgentState & sluice.link.AgentState.$Shape;

            /**
             * Creates an AgentState message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AgentState
             */
            static fromObject(object: { [k: string]: any }): sluice.link.AgentState;

            /**
             * Creates a plain object from an AgentState message. Also converts values to other types if specified.
             * @param message AgentState
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.AgentState, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AgentState to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for AgentState
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace AgentState {

            /** Properties of an AgentState. */
            interface $Properties {

                /** AgentState runtime */
                runtime?: (string|null);

                /** AgentState runtimeVersion */
                runtimeVersion?: (string|null);

                /** AgentState runtimeProblem */
                runtimeProblem?: (string|null);

                /** AgentState cores */
                cores?: (number|null);

                /** AgentState memoryBytes */
                memoryBytes?: (number|null);

                /** AgentState desktops */
                desktops?: (sluice.link.DesktopRunning.$Properties[]|null);

                /** AgentState images */
                images?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AgentState. */
            type $Shape = sluice.link.AgentState.$Properties;
        }

        /**
         * Properties of a StartDesktop.
         * @deprecated Use sluice.link.StartDesktop.$Properties instead.
         */
        interface IStartDesktop extends sluice.link.StartDesktop.$Properties {
        }

        /** Represents a StartDesktop. */
        class StartDesktop {

            /**
             * Constructs a new StartDesktop.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.StartDesktop.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** StartDesktop sessionId. */
            sessionId: string;

            /** StartDesktop image. */
            image: string;

            /** StartDesktop protocol. */
            protocol: string;

            /** StartDesktop cores. */
            cores: number;

            /** StartDesktop memoryBytes. */
            memoryBytes: number;

            /** StartDesktop environment. */
            environment: { [k: string]: string };

            /** StartDesktop username. */
            username: string;

            /** StartDesktop hostname. */
            hostname: string;

            /** StartDesktop imageIsLocal. */
            imageIsLocal: boolean;

            /** StartDesktop width. */
            width: number;

            /** StartDesktop height. */
            height: number;

            /** StartDesktop kasmvncSectionJson. */
            kasmvncSectionJson: string;

            /**
             * Encodes the specified StartDesktop message. Does not implicitly {@link sluice.link.StartDesktop.verify|verify} messages.
             * @param message StartDesktop message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.StartDesktop.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StartDesktop message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.StartDesktop & sluice.link.StartDesktop.$Shape} StartDesktop
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.StartDesktop & sluice.link.StartDesktop.$Shape;

            /**
             * Creates a StartDesktop message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns StartDesktop
             */
            static fromObject(object: { [k: string]: any }): sluice.link.StartDesktop;

            /**
             * Creates a plain object from a StartDesktop message. Also converts values to other types if specified.
             * @param message StartDesktop
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.StartDesktop, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this StartDesktop to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for StartDesktop
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace StartDesktop {

            /** Properties of a StartDesktop. */
            interface $Properties {

                /** StartDesktop sessionId */
                sessionId?: (string|null);

                /** StartDesktop image */
                image?: (string|null);

                /** StartDesktop protocol */
                protocol?: (string|null);

                /** StartDesktop cores */
                cores?: (number|null);

                /** StartDesktop memoryBytes */
                memoryBytes?: (number|null);

                /** StartDesktop environment */
                environment?: ({ [k: string]: string }|null);

                /** StartDesktop username */
                username?: (string|null);

                /** StartDesktop hostname */
                hostname?: (string|null);

                /** StartDesktop imageIsLocal */
                imageIsLocal?: (boolean|null);

                /** StartDesktop width */
                width?: (number|null);

                /** StartDesktop height */
                height?: (number|null);

                /** StartDesktop kasmvncSectionJson */
                kasmvncSectionJson?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StartDesktop. */
            type $Shape = sluice.link.StartDesktop.$Properties;
        }

        /**
         * Properties of a StopDesktop.
         * @deprecated Use sluice.link.StopDesktop.$Properties instead.
         */
        interface IStopDesktop extends sluice.link.StopDesktop.$Properties {
        }

        /** Represents a StopDesktop. */
        class StopDesktop {

            /**
             * Constructs a new StopDesktop.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.StopDesktop.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** StopDesktop sessionId. */
            sessionId: string;

            /** StopDesktop reason. */
            reason: string;

            /**
             * Encodes the specified StopDesktop message. Does not implicitly {@link sluice.link.StopDesktop.verify|verify} messages.
             * @param message StopDesktop message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.StopDesktop.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a StopDesktop message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.StopDesktop & sluice.link.StopDesktop.$Shape} StopDesktop
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.StopDesktop & sluice.link.StopDesktop.$Shape;

            /**
             * Creates a StopDesktop message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns StopDesktop
             */
            static fromObject(object: { [k: string]: any }): sluice.link.StopDesktop;

            /**
             * Creates a plain object from a StopDesktop message. Also converts values to other types if specified.
             * @param message StopDesktop
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.StopDesktop, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this StopDesktop to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for StopDesktop
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace StopDesktop {

            /** Properties of a StopDesktop. */
            interface $Properties {

                /** StopDesktop sessionId */
                sessionId?: (string|null);

                /** StopDesktop reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a StopDesktop. */
            type $Shape = sluice.link.StopDesktop.$Properties;
        }

        /**
         * Properties of a DesktopProgress.
         * @deprecated Use sluice.link.DesktopProgress.$Properties instead.
         */
        interface IDesktopProgress extends sluice.link.DesktopProgress.$Properties {
        }

        /** Represents a DesktopProgress. */
        class DesktopProgress {

            /**
             * Constructs a new DesktopProgress.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.DesktopProgress.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DesktopProgress sessionId. */
            sessionId: string;

            /** DesktopProgress phase. */
            phase: string;

            /** DesktopProgress message. */
            message: string;

            /** DesktopProgress progress. */
            progress: number;

            /**
             * Encodes the specified DesktopProgress message. Does not implicitly {@link sluice.link.DesktopProgress.verify|verify} messages.
             * @param message DesktopProgress message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.DesktopProgress.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DesktopProgress message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.DesktopProgress & sluice.link.DesktopProgress.$Shape} DesktopProgress
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.DesktopProgress & sluice.link.DesktopProgress.$Shape;

            /**
             * Creates a DesktopProgress message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns DesktopProgress
             */
            static fromObject(object: { [k: string]: any }): sluice.link.DesktopProgress;

            /**
             * Creates a plain object from a DesktopProgress message. Also converts values to other types if specified.
             * @param message DesktopProgress
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.DesktopProgress, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this DesktopProgress to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for DesktopProgress
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace DesktopProgress {

            /** Properties of a DesktopProgress. */
            interface $Properties {

                /** DesktopProgress sessionId */
                sessionId?: (string|null);

                /** DesktopProgress phase */
                phase?: (string|null);

                /** DesktopProgress message */
                message?: (string|null);

                /** DesktopProgress progress */
                progress?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DesktopProgress. */
            type $Shape = sluice.link.DesktopProgress.$Properties;
        }

        /**
         * Properties of a DesktopRunning.
         * @deprecated Use sluice.link.DesktopRunning.$Properties instead.
         */
        interface IDesktopRunning extends sluice.link.DesktopRunning.$Properties {
        }

        /** Represents a DesktopRunning. */
        class DesktopRunning {

            /**
             * Constructs a new DesktopRunning.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.DesktopRunning.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DesktopRunning sessionId. */
            sessionId: string;

            /** DesktopRunning upstream. */
            upstream: string;

            /** DesktopRunning upstreamAuthorization. */
            upstreamAuthorization: string;

            /** DesktopRunning upstreamPassword. */
            upstreamPassword: string;

            /** DesktopRunning upstreamTlsVerify. */
            upstreamTlsVerify: boolean;

            /** DesktopRunning containerId. */
            containerId: string;

            /** DesktopRunning containerIp. */
            containerIp: string;

            /** DesktopRunning protocol. */
            protocol: string;

            /**
             * Encodes the specified DesktopRunning message. Does not implicitly {@link sluice.link.DesktopRunning.verify|verify} messages.
             * @param message DesktopRunning message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.DesktopRunning.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DesktopRunning message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.DesktopRunning & sluice.link.DesktopRunning.$Shape} DesktopRunning
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.DesktopRunning & sluice.link.DesktopRunning.$Shape;

            /**
             * Creates a DesktopRunning message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns DesktopRunning
             */
            static fromObject(object: { [k: string]: any }): sluice.link.DesktopRunning;

            /**
             * Creates a plain object from a DesktopRunning message. Also converts values to other types if specified.
             * @param message DesktopRunning
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.DesktopRunning, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this DesktopRunning to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for DesktopRunning
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace DesktopRunning {

            /** Properties of a DesktopRunning. */
            interface $Properties {

                /** DesktopRunning sessionId */
                sessionId?: (string|null);

                /** DesktopRunning upstream */
                upstream?: (string|null);

                /** DesktopRunning upstreamAuthorization */
                upstreamAuthorization?: (string|null);

                /** DesktopRunning upstreamPassword */
                upstreamPassword?: (string|null);

                /** DesktopRunning upstreamTlsVerify */
                upstreamTlsVerify?: (boolean|null);

                /** DesktopRunning containerId */
                containerId?: (string|null);

                /** DesktopRunning containerIp */
                containerIp?: (string|null);

                /** DesktopRunning protocol */
                protocol?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DesktopRunning. */
            type $Shape = sluice.link.DesktopRunning.$Properties;
        }

        /**
         * Properties of a DesktopEnded.
         * @deprecated Use sluice.link.DesktopEnded.$Properties instead.
         */
        interface IDesktopEnded extends sluice.link.DesktopEnded.$Properties {
        }

        /** Represents a DesktopEnded. */
        class DesktopEnded {

            /**
             * Constructs a new DesktopEnded.
             * @param [properties] Properties to set
             */
            constructor(properties?: sluice.link.DesktopEnded.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DesktopEnded sessionId. */
            sessionId: string;

            /** DesktopEnded cause. */
            cause: string;

            /** DesktopEnded message. */
            message: string;

            /**
             * Encodes the specified DesktopEnded message. Does not implicitly {@link sluice.link.DesktopEnded.verify|verify} messages.
             * @param message DesktopEnded message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: sluice.link.DesktopEnded.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DesktopEnded message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {sluice.link.DesktopEnded & sluice.link.DesktopEnded.$Shape} DesktopEnded
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): sluice.link.DesktopEnded & sluice.link.DesktopEnded.$Shape;

            /**
             * Creates a DesktopEnded message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns DesktopEnded
             */
            static fromObject(object: { [k: string]: any }): sluice.link.DesktopEnded;

            /**
             * Creates a plain object from a DesktopEnded message. Also converts values to other types if specified.
             * @param message DesktopEnded
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: sluice.link.DesktopEnded, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this DesktopEnded to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };

            /**
             * Gets the type url for DesktopEnded
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace DesktopEnded {

            /** Properties of a DesktopEnded. */
            interface $Properties {

                /** DesktopEnded sessionId */
                sessionId?: (string|null);

                /** DesktopEnded cause */
                cause?: (string|null);

                /** DesktopEnded message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DesktopEnded. */
            type $Shape = sluice.link.DesktopEnded.$Properties;
        }
    }
}
